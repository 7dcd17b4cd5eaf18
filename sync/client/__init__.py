"""The desktop's way to the cloud over the network."""
