"""Floor 3: the media engine: sources, recorder, store, live, playback."""
