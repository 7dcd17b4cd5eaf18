"""What both sides know of a shared document: key grammar, codec, registers. pycrdt is imported here only."""
