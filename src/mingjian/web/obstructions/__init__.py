"""Works near cameras against their fields of view, and cases of cameras that are covered, altered, moved or removed."""
