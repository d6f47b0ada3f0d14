"""Floor 3: Django, one slice a subject."""
