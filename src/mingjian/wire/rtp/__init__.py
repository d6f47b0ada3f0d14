"""RTP (RFC 3550) and its payload formats without I/O: packets to access units and back."""
