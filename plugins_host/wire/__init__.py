"""What the studio and a plug-in's process say to each other: sound in shared memory, orders through pipes."""
