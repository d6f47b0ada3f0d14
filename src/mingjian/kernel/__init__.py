"""Floor 0: clock, media time, ids, canonical bytes, error kinds. Pure: no I/O but the Clock."""
