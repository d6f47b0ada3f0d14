"""The gate that sources of one host share."""

from mingjian.kernel.clock import NS_PER_S, ManualClock
from mingjian.media.sources.gate import HostGate
from mingjian.wire.rtsp.auth import Credentials


class Time:
    def __init__(self) -> None:
        self.clock = ManualClock()
        self.slept: list[float] = []
        self.gate = HostGate(self.clock, sleep=self._sleep)

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.clock.advance(round(seconds * NS_PER_S))


async def test_twenty_a_second_to_one_host() -> None:
    time = Time()
    for _ in range(41):
        await time.gate.wait_turn("10.0.0.1")
    assert round(time.clock.mono_ns() / NS_PER_S, 6) == 2.0


async def test_other_hosts_do_not_wait() -> None:
    time = Time()
    for number in range(50):
        await time.gate.wait_turn(f"10.0.0.{number}")
    assert time.slept == []


async def test_refused_credentials_wait_a_minute_and_others_do_not() -> None:
    time = Time()
    wrong, right = Credentials("admin", "x"), Credentials("admin", "y")
    await time.gate.wait_login("h", wrong)
    time.gate.login_refused("h", wrong)
    await time.gate.wait_login("h", right)
    await time.gate.wait_login("other", wrong)
    assert time.slept == []
    await time.gate.wait_login("h", wrong)
    assert time.slept == [60.0]
    await time.gate.wait_login("h", wrong)  # the main and the sub stream together: still once a minute
    assert time.slept == [60.0, 60.0]
    time.gate.login_accepted("h", wrong)
    await time.gate.wait_login("h", wrong)
    assert time.slept == [60.0, 60.0]
