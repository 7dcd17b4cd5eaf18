"""Our numbers, beside a named peer where there is one: one module per subject, each with `run(arguments) -> dict`."""
