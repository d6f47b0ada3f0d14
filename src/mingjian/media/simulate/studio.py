"""The studio: one thread that films every camera at its times and hands the parcels to the event loop.

Drawing and encoding would hold up the loop; one thread is enough, since only what somebody takes is drawn.
"""

from __future__ import annotations

import heapq
import threading
from collections.abc import Callable, Sequence

from mingjian.kernel.clock import NS_PER_S, Clock
from mingjian.media.simulate.camera import Parcel, SimulatedCamera

Deliver = Callable[[int, list[Parcel]], None]  # index of the camera, what it filmed


class Studio:
    """Films until stopped. `deliver` is called on the studio's thread.

    A camera whose turn came too late (more than one frame) leaves frames out, as a busy camera does; `late_frames`
    counts them. When the wall clock steps, the cameras step with it.
    """

    def __init__(self, cameras: Sequence[SimulatedCamera], clock: Clock, deliver: Deliver) -> None:
        self._cameras = cameras
        self._clock = clock
        self._deliver = deliver
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="studio", daemon=True)
        self.late_frames = 0
        self.failure: BaseException | None = None

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; returns when the thread is gone."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            self._film()
        except BaseException as error:
            self.failure = error
            raise

    def _film(self) -> None:
        due = self._timetable()
        while not self._stop.is_set():
            now_ns = self._clock.now_ns()
            at_ns, index = due[0]
            ahead_ns = at_ns - now_ns
            if ahead_ns > NS_PER_S or ahead_ns < -10 * NS_PER_S:  # the wall clock stepped
                due = self._timetable()
            elif ahead_ns > 0:
                self._stop.wait(ahead_ns / NS_PER_S)
            else:
                camera = self._cameras[index]
                next_ns = at_ns + camera.frame_ns
                if next_ns < now_ns:
                    self.late_frames += (now_ns - at_ns) // camera.frame_ns
                    next_ns = camera.next_frame_ns(now_ns)
                heapq.heapreplace(due, (next_ns, index))
                parcels = camera.film(at_ns)
                if parcels:
                    self._deliver(index, parcels)

    def _timetable(self) -> list[tuple[int, int]]:
        now_ns = self._clock.now_ns()
        due = [(camera.next_frame_ns(now_ns), index) for index, camera in enumerate(self._cameras)]
        heapq.heapify(due)
        return due
