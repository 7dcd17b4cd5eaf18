"""What is kept and drawn of recorded sound: its peaks, its pages in memory, and pictures of its waveform."""
