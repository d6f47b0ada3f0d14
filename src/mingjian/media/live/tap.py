"""A live tap: what one stream's viewers get. It exists while somebody looks and keeps nothing when nobody does."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Protocol

from mingjian.kernel.clock import NS_PER_MS
from mingjian.media.live.fragmenter import LeapError, LiveFragmenter
from mingjian.media.live.run_context import RunContext
from mingjian.ports.media import AccessUnit, SourceStatus
from mingjian.wire.feed import LiveFragment, LiveInit

_LOG = logging.getLogger(__name__)

SOUND_PATIENCE_NS = 1500 * NS_PER_MS
"""Sound that promised to come and does not for so long is left out: a browser waits for all tracks of a stream."""

MAX_RECENT_BYTES = 24 << 20


class TapListener(Protocol):
    """Takes what a tap gives, on the engine's event loop; must not block."""

    def on_init(self, init: LiveInit) -> None:
        """A Run begins, or its parameters changed: the next fragment is a keyframe that needs this."""
        ...

    def on_fragment(self, fragment: LiveFragment) -> None:
        """The next picture."""
        ...

    def on_state(self, status: SourceStatus) -> None:
        """The camera's state changed."""
        ...


class LiveTap:
    """Cuts units into fragments for all listeners of one stream."""

    def __init__(self) -> None:
        self._listeners: list[TapListener] = []
        self._run: RunContext | None = None
        self._cutter: LiveFragmenter | None = None
        self._recent: list[LiveFragment] = []
        self._recent_bytes = 0
        self._silent_ns = 0
        self._mute = False

    @property
    def listeners(self) -> int:
        """How many look."""
        return len(self._listeners)

    def add(self, listener: TapListener) -> None:
        """A listener gets init and everything since the last keyframe at once."""
        self._listeners.append(listener)
        if self._cutter is not None and self._recent:
            listener.on_init(self._cutter.init)
            for fragment in self._recent:
                listener.on_fragment(fragment)

    def remove(self, listener: TapListener) -> None:
        """It looks no longer."""
        if listener in self._listeners:
            self._listeners.remove(listener)

    def begin(self, run: RunContext, units: Iterable[AccessUnit] = ()) -> None:
        """A Run, with what it gave since its last keyframe."""
        self._run = run
        self._cutter = None
        self._mute = False
        self._silent_ns = 0
        self._forget()
        for unit in units:
            self.unit(run, unit)

    def end(self) -> None:
        """The Run is over; nobody can join it any more."""
        self._run = self._cutter = None
        self._forget()

    def parameters_changed(self) -> None:
        """The next keyframe needs a new init segment."""
        self._cutter = None
        self._forget()

    def unit(self, run: RunContext, unit: AccessUnit) -> None:
        """The Run's next unit."""
        cutter = self._cutter
        if cutter is None or (unit.keyframe and self._wants_other_sound(run, unit)):
            cutter = self._open(run, unit)
        if cutter is None:
            return
        try:
            fragment = cutter.push(unit)
        except LeapError:
            _LOG.info("the camera's media clock leapt: live begins anew")
            self._cutter = None
            self._forget()
            run.first_picture(unit)
            run.sound_zero_pts = None
            if unit.keyframe:
                self.unit(run, unit)
            return
        if fragment is not None:
            self._give(fragment)
            self._hear(run, unit)

    def state(self, status: SourceStatus) -> None:
        """The camera's state, for people who wait for a picture."""
        for listener in tuple(self._listeners):
            listener.on_state(status)

    def _open(self, run: RunContext, unit: AccessUnit) -> LiveFragmenter | None:
        video = run.video
        if video is None or unit.track != video.index or not unit.keyframe:
            return self._cutter
        try:
            cutter = LiveFragmenter(run, sound=not self._mute)
        except ValueError as error:
            _LOG.warning("no live picture yet: %s", error)
            return None
        self._cutter = cutter
        self._silent_ns = max(unit.arrival_ns, run.sound_arrival_ns)
        self._forget()
        for listener in tuple(self._listeners):
            listener.on_init(cutter.init)
        return cutter

    def _give(self, fragment: LiveFragment) -> None:
        if fragment.keyframe:
            self._forget()
        if fragment.keyframe or self._recent:
            self._recent.append(fragment)
            self._recent_bytes += len(fragment.data)
            if self._recent_bytes > MAX_RECENT_BYTES:
                self._forget()
        for listener in tuple(self._listeners):
            listener.on_fragment(fragment)

    def _forget(self) -> None:
        self._recent = []
        self._recent_bytes = 0

    def _hear(self, run: RunContext, unit: AccessUnit) -> None:
        """Notice sound that stays away although the init segment promises it."""
        if self._cutter is not None and self._cutter.has_sound and not self._mute:
            last_ns = max(run.sound_arrival_ns, self._silent_ns)
            self._mute = unit.arrival_ns - last_ns > SOUND_PATIENCE_NS

    def _wants_other_sound(self, run: RunContext, unit: AccessUnit) -> bool:
        if self._cutter is None or run.sound is None:
            return False
        if self._mute and not self._cutter.has_sound:
            self._mute = unit.arrival_ns - run.sound_arrival_ns > SOUND_PATIENCE_NS
        return self._cutter.has_sound == self._mute
