"""Floor 3: GB/T 28181 signalling."""
