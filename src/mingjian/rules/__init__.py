"""Floor 1: the regulation as data and pure functions."""
