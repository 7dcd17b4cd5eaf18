"""What joins this computer's projects to the cloud. No Qt; start with `live_project.py`."""
