"""Playback: timelines, chunk plans, byte ranges, trick play, pictures of any instant. Reads recordings, changes none."""
