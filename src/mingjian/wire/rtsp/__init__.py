"""RTSP 1.0 (RFC 2326) without I/O: bytes in, messages and events out."""
