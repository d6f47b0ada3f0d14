"""Floor 4: the composition root: settings, wiring, supervisor, command line."""
