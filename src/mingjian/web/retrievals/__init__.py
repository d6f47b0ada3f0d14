"""Retrieval of footage and evidence holds (qd204 23, 24; sc799 20, 21): docs/design/retrievals.md."""
