"""Live: access units to one fMP4 fragment per picture, transcodes under a quota."""
