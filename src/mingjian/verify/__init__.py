"""Floor 2: the offline evidence checker."""
