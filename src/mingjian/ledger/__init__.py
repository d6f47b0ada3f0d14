"""Floor 1: leaves, RFC 6962 Merkle tree, checkpoints. Pure."""
