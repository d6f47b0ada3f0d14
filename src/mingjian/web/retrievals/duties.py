"""What the worker does for retrievals: times that are over, and what the engine was not told while it was away."""

from __future__ import annotations

from mingjian.web.retrievals.emergencies import close_what_is_over
from mingjian.web.retrievals.holds import release_expired, tell_engine


def do_duties() -> int:
    """Close, expire, release, tell; how much was done. Cheap when there is nothing: four small queries."""
    return close_what_is_over() + release_expired() + tell_engine()
