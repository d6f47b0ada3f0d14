"""The cameras of a bench: 1080p25 H.264 at 4 Mb/s over RTSP/TCP. Says its port; `pause` stops the pictures."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import uvloop
from bench.child import answer_until_end, cpu_s, say

from mingjian.media.simulate.load import LoadFarm
from mingjian.media.simulate.load_loop import coded_loop


async def main(cameras: int, cache: Path, *, burst: bool) -> None:
    farm = LoadFarm(cameras, coded_loop(cache), burst=burst)
    port = await farm.start()
    say(port=port)

    def figures() -> dict[str, Any]:
        counters = farm.counters
        return {
            "viewers": farm.viewers,
            "sent_frames": counters.sent_frames,
            "skipped_frames": counters.skipped_frames,
            "starved_frames": counters.starved_frames,
            "late_ticks": counters.late_ticks,
            "cpu_s": cpu_s(),
        }

    await answer_until_end(figures, farm.pause)
    await farm.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cameras", type=int, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--burst", action="store_true", help="a picture's packets in one piece")
    arguments = parser.parse_args()
    uvloop.run(main(arguments.cameras, arguments.cache, burst=arguments.burst))
