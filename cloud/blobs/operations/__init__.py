"""What can be done with blobs, a file per verb."""
