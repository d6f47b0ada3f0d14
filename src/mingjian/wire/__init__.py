"""Floor 1: protocols and formats, bytes to values and back. Pure."""
