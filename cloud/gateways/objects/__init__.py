"""Where the bytes of blobs are: an object store for whole ones, a folder for what has arrived of others."""
