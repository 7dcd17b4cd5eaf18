"""What every domain of the cloud stands on: database, unit of work, jobs, audit, policy. Knows no domain.

Anything in `cloud` may import it. Read `unit_of_work.py` and `calls.py` first.
"""
