"""Taking footage out of the store without re-encoding."""
