"""Cameras and their streams, and the engine's plan that follows from them."""
