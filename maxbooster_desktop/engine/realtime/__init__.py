"""The compiled audio callback and the arrays it reads; nothing here may allocate, lock or log."""
