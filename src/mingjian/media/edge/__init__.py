"""The edge: the public port. Viewers, media sessions, the built UI, and the way through to web."""
