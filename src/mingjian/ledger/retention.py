"""A retention certificate: what one camera really keeps of the window that must be there, on one day. Pure.

The bytes of a certificate are canonical JSON (kernel.canonical), its signed form a note over these bytes and LF. Form,
sampling and steps of a check: docs/design/retention.md. Nanoseconds are decimal strings, as in leaves.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Self

from mingjian.kernel.canonical import canonical_bytes
from mingjian.kernel.errors import MingjianError
from mingjian.ledger import fields as forms
from mingjian.ledger import note
from mingjian.ledger.fields import Form
from mingjian.ledger.leaf import leaf_error

KIND = "mingjian-retention"
SAMPLE_STATES = ("intact", "altered", "missing")
_FORM = "form"


def _is(form: Form) -> Mapping[str, Form]:
    return {_FORM: form}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A value with a form a field. Raises MingjianError `certificate_unreadable` when one does not fit."""

    NAME: ClassVar[str] = ""

    def __post_init__(self) -> None:
        self.to_json()

    def to_json(self) -> dict[str, object]:
        """As JSON."""
        found: dict[str, object] = {}
        for one in fields(self):
            try:
                found[one.name] = one.metadata[_FORM].to_json(getattr(self, one.name))
            except ValueError as error:
                raise _unreadable(f"{one.name} is {error}") from error
        return found

    @classmethod
    def from_json(cls, value: object) -> Self:
        """From JSON, with exactly these keys. Raises MingjianError `certificate_unreadable`."""
        if not isinstance(value, dict) or value.keys() != {one.name for one in fields(cls)}:
            raise _unreadable(f"{cls.__name__} has other keys")
        try:
            return cls(**{one.name: one.metadata[_FORM].from_json(value[one.name]) for one in fields(cls)})
        except ValueError as error:
            raise _unreadable(str(error)) from error


def _part(kind: type[Part]) -> Form:
    return Form(kind.__name__, lambda value: isinstance(value, kind), lambda value: value.to_json(), kind.from_json)


def _list_of(form: Form) -> Form:
    def read(value: object) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise ValueError("no list")
        return tuple(form.from_json(item) for item in value)

    return Form(
        f"a list of {form.name}",
        lambda value: isinstance(value, tuple) and all(form.check(item) for item in value),
        lambda value: [form.write(item) for item in value],
        read,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingTime(Part):
    """How much of the window is missing for one reason (ports.recording.GapReason), in how many stretches."""

    reason: str = field(metadata=_is(forms.NAME))
    count: int = field(metadata=_is(forms.COUNT))
    total_ns: int = field(metadata=_is(forms.NS))


@dataclass(frozen=True, slots=True, kw_only=True)
class OldestFrame(Part):
    """The oldest picture due, decoded: `picture` is the SHA-256 of its planes, None when it does not decode (`error`)."""

    at_ns: int = field(metadata=_is(forms.NS))
    segment: str = field(metadata=_is(forms.NAME))
    fragment: int = field(metadata=_is(forms.COUNT))
    decoded: bool = field(metadata=_is(forms.FLAG))
    width: int = field(metadata=_is(forms.COUNT))
    height: int = field(metadata=_is(forms.COUNT))
    pixel_format: str | None = field(metadata=_is(forms.optional(forms.NAME)))
    picture: str | None = field(metadata=_is(forms.optional(forms.HASH)))
    error: str | None = field(metadata=_is(forms.optional(forms.TEXT)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample(Part):
    """One fragment drawn by lot: it stands `offset_ns` into the recorded time of the window, at `at_ns`.

    `intact`: its bytes have the leaf hash `leaf`, and the leaf hashes of its file lead to `digest`, the one stored when
    the file was sealed (None: not sealed yet, only the fragment is compared). `missing`: the index has no segment there,
    or the file is gone or cut short.
    """

    offset_ns: int = field(metadata=_is(forms.NS))
    at_ns: int = field(metadata=_is(forms.NS))
    segment: str | None = field(metadata=_is(forms.optional(forms.NAME)))
    fragment: int = field(metadata=_is(forms.COUNT))
    digest: str | None = field(metadata=_is(forms.optional(forms.HASH)))
    digest_alg: str | None = field(metadata=_is(forms.optional(forms.ALGORITHM)))
    leaf: str | None = field(metadata=_is(forms.optional(forms.HASH)))
    state: str = field(metadata=_is(forms.one_of(*SAMPLE_STATES)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality(Part):
    """What the samples are, measured on their stored bytes: the smallest picture, pictures and bytes in their time."""

    codecs: str = field(metadata=_is(forms.NAME))
    width: int = field(metadata=_is(forms.COUNT))
    height: int = field(metadata=_is(forms.COUNT))
    pictures: int = field(metadata=_is(forms.COUNT))
    duration_90k: int = field(metadata=_is(forms.COUNT))
    bytes: int = field(metadata=_is(forms.COUNT))

    @property
    def fps_milli(self) -> int:
        """Pictures a second, in thousandths."""
        return self.pictures * 90_000_000 // self.duration_90k if self.duration_90k else 0

    @property
    def bitrate_bps(self) -> int:
        """Bits a second."""
        return self.bytes * 8 * 90_000 // self.duration_90k if self.duration_90k else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamProof(Part):
    """One stream: every instant of the window by kind, the oldest frame, the samples, the quality measured.

    The kinds add up to the window. `expired_until_ns` is the end of the last stretch deleted by age inside the window.
    `stretches` and `stretches_sha256` name the recorded stretches that offsets of samples count in.
    """

    stream: str = field(metadata=_is(forms.NAME))
    recorded_ns: int = field(metadata=_is(forms.NS))
    expired_ns: int = field(metadata=_is(forms.NS))
    expired_until_ns: int | None = field(metadata=_is(forms.optional(forms.NS)))
    not_planned_ns: int = field(metadata=_is(forms.NS))
    future_ns: int = field(metadata=_is(forms.NS))
    missing: tuple[MissingTime, ...] = field(metadata=_is(_list_of(_part(MissingTime))))
    stretches: int = field(metadata=_is(forms.COUNT))
    stretches_sha256: str = field(metadata=_is(forms.HASH))
    oldest: OldestFrame | None = field(metadata=_is(forms.optional(_part(OldestFrame))))
    samples: tuple[Sample, ...] = field(metadata=_is(_list_of(_part(Sample))))
    quality: Quality | None = field(metadata=_is(forms.optional(_part(Quality))))

    @property
    def missing_ns(self) -> int:
        """What is not there, for whatever reason."""
        return sum(one.total_ns for one in self.missing)

    @property
    def owed_ns(self) -> int:
        """What should be there."""
        return self.recorded_ns + self.expired_ns + self.missing_ns

    @property
    def accounted_ns(self) -> int:
        """All kinds together: the window, to the nanosecond."""
        return self.owed_ns + self.not_planned_ns + self.future_ns

    @property
    def completeness_ppm(self) -> int | None:
        """Recorded of what is owed, in millionths, rounded down; None when nothing is owed."""
        return self.recorded_ns * 1_000_000 // self.owed_ns if self.owed_ns else None

    @property
    def met(self) -> bool:
        """Whether what was recorded is kept: nothing deleted inside the window, the oldest frame decodes, no sample
        altered or missing. What was never recorded is a matter of completeness."""
        readable = self.oldest.decoded if self.oldest is not None else self.recorded_ns == 0
        return not self.expired_ns and readable and all(one.state == "intact" for one in self.samples)


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionCertificate(Part):
    """What one camera keeps of [from, to): `window_days` civil days, the last of them `day`.

    `day_offset_s` says where days begin, east of Greenwich. `floor_days` is the least that was asked for, `seed` what
    the samples are drawn by. Footage on volumes that could not be opened counts as missing.
    """

    instance: str = field(metadata=_is(forms.NAME))
    camera: str = field(metadata=_is(forms.NAME))
    day: str = field(metadata=_is(forms.NAME))
    day_offset_s: int = field(metadata=_is(forms.SIGNED))
    window_days: int = field(metadata=_is(forms.COUNT))
    floor_days: int = field(metadata=_is(forms.COUNT))
    from_ns: int = field(metadata=_is(forms.NS))
    to_ns: int = field(metadata=_is(forms.NS))
    made_ns: int = field(metadata=_is(forms.NS))
    seed: str = field(metadata=_is(forms.HASH))
    volumes_absent: int = field(metadata=_is(forms.COUNT))
    streams: tuple[StreamProof, ...] = field(metadata=_is(_list_of(_part(StreamProof))))

    def encode(self) -> bytes:
        """The certificate's bytes."""
        return canonical_bytes({"kind": KIND, "v": 1, **self.to_json()})

    def digest(self) -> str:
        """SHA-256 of its bytes: what the ledger's leaf holds."""
        return hashlib.sha256(self.encode()).hexdigest()

    def sign(self, signer: note.Signer) -> str:
        """The signed note."""
        text = self.encode().decode() + "\n"
        return note.join(text, [note.sign_text(text, signer)])

    @property
    def met(self) -> bool:
        """Whether every stream is kept, as far as one can look."""
        return not self.volumes_absent and all(stream.met for stream in self.streams)

    @property
    def completeness_ppm(self) -> int | None:
        """Of all streams together; None when nothing is owed."""
        owed = sum(stream.owed_ns for stream in self.streams)
        return sum(stream.recorded_ns for stream in self.streams) * 1_000_000 // owed if owed else None


def decode_certificate(data: bytes) -> RetentionCertificate:
    """The certificate of these bytes. Raises MingjianError `certificate_unreadable` for any other spelling or form."""
    try:
        told = json.loads(data.decode("utf-8"))
        if not isinstance(told, dict) or told.pop("kind", None) != KIND or told.pop("v", None) != 1:
            raise ValueError("no certificate of version 1")
    except (ValueError, RecursionError) as error:
        raise _unreadable(str(error)[:80]) from error
    made = RetentionCertificate.from_json(told)
    if made.encode() != data:
        raise _unreadable("not in its canonical form")
    return made


def read_signed(signed: str) -> RetentionCertificate:
    """The certificate of a note whose signature is somebody else's business. Raises MingjianError."""
    return decode_certificate(note.split(signed)[0].removesuffix("\n").encode())


def sample_offset(seed: str, stream: str, number: int, recorded_ns: int) -> int:
    """Where sample `number` (from 0) stands in the recorded time of a stream: the first 16 bytes of
    SHA-256(seed, 32 bytes || stream, UTF-8 || number, u32 big endian) as a number, modulo the recorded time.
    """
    drawn = hashlib.sha256(bytes.fromhex(seed) + stream.encode() + number.to_bytes(4, "big")).digest()
    return int.from_bytes(drawn[:16], "big") % recorded_ns


def stretches_sha256(stretches: list[tuple[int, int]]) -> str:
    """SHA-256 over `START END LF` of each recorded stretch, decimal nanoseconds, in order."""
    return hashlib.sha256("".join(f"{start} {end}\n" for start, end in stretches).encode()).hexdigest()


def _unreadable(why: str) -> MingjianError:
    return leaf_error(
        "certificate_unreadable", "留存证明书无法读取", f"the retention certificate cannot be read: {why}"
    )
