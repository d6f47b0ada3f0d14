"""Devices (recorder, camera body, encoder), their channels, and which camera each channel served from when to when."""
