"""What the web process does once, before it serves."""

from __future__ import annotations

import gc

from mingjian.app.web_setup import settle


def test_the_collector_of_cycles_leaves_alone_what_is_loaded() -> None:
    loaded = [{"clause": {"number": number}} for number in range(1000)]
    frozen = gc.get_freeze_count()
    settle()
    assert gc.get_freeze_count() >= frozen + len(loaded)
    assert not any(one is loaded for one in gc.get_objects())
