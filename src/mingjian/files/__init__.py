"""Floor 2: files on disk that are there whole or not at all."""
