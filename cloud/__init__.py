"""The backend: shares formats with the desktop (`sync`), never its code. Read `app.py`, then `foundation/`."""
