"""The audit log: who did what, in chains of hashes that show every change. Read `chain.py` first."""
