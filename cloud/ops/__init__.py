"""Running the cloud: serving, health, metrics, jobs and audit for whoever looks after it, backup and restore."""
