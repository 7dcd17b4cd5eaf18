"""Sound devices of the machine, through PortAudio."""
