"""Hypothesis without deadlines: a busy machine is no failure of a parser; the suite has its own time limit."""

from hypothesis import settings

settings.register_profile("no-deadline", deadline=None)
settings.load_profile("no-deadline")
