"""What the ledger records: one frozen dataclass a kind of leaf. Bytes to the last one: docs/design/ledger.md section 2.

A leaf's bytes are canonical JSON (kernel.canonical) with `kind`, `v` (version) and every field of the kind, absent
ones as null. Leaves are never changed: another set of fields is another version, and old versions stay readable.
Times are UTC nanoseconds by the machine that wrote the leaf; `at_ns` is when it was written.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar

from mingjian.kernel.canonical import canonical_bytes
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.ledger import fields as forms
from mingjian.ledger.fields import Form
from mingjian.ledger.merkle import leaf_hash

MAX_LEAF_BYTES = 64 << 10

_FORM = "form"
_NS: Mapping[str, Form] = {_FORM: forms.NS}
_NS_OR_NONE: Mapping[str, Form] = {_FORM: forms.optional(forms.NS)}
_COUNT: Mapping[str, Form] = {_FORM: forms.COUNT}
_NAME: Mapping[str, Form] = {_FORM: forms.NAME}
_NAME_OR_NONE: Mapping[str, Form] = {_FORM: forms.optional(forms.NAME)}
_TEXT: Mapping[str, Form] = {_FORM: forms.TEXT}
_TEXT_OR_NONE: Mapping[str, Form] = {_FORM: forms.optional(forms.TEXT)}
_HASH: Mapping[str, Form] = {_FORM: forms.HASH}
_HASH_OR_NONE: Mapping[str, Form] = {_FORM: forms.optional(forms.HASH)}
_ALGORITHM: Mapping[str, Form] = {_FORM: forms.ALGORITHM}

ACTS = ("view", "playback", "snapshot", "export", "mask_lift", "denied")
"""What an access may be. `denied` has no end: nothing was seen."""


def leaf_error(code: str, zh: str, en: str, name: str | None = None) -> MingjianError:
    """An error about a leaf; `name` is the field at fault."""
    return MingjianError(code, Text(zh=zh, en=en), fault=Fault.USER, field=name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """What every leaf has. Raises MingjianError `leaf_bad_field` when a value does not fit its form."""

    KIND: ClassVar[str]
    VERSION: ClassVar[int] = 1

    at_ns: int = field(metadata=_NS)

    def __post_init__(self) -> None:
        self._written()
        start, end = getattr(self, "start_ns", None), getattr(self, "end_ns", None)
        if start is not None and end is not None and end < start:
            raise leaf_error("leaf_bad_field", "end_ns 早于 start_ns", "end_ns lies before start_ns", "end_ns")

    def _written(self) -> dict[str, object]:
        found: dict[str, object] = {}
        for one in fields(self):
            try:
                found[one.name] = one.metadata[_FORM].to_json(getattr(self, one.name))
            except ValueError as error:
                raise _bad_field(self.KIND, one.name, error) from error
        return found

    def encode(self) -> bytes:
        """The leaf's bytes."""
        return canonical_bytes({"kind": self.KIND, "v": self.VERSION, **self._written()})

    def hash(self, algorithm: str) -> bytes:
        """The leaf's hash in the tree."""
        return leaf_hash(algorithm, (self.encode(),))


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedSegment(Leaf):
    """A segment file was finished. `digest` is the RFC 6962 root over its init segment and fragments.

    `clock_offset_ms` is the camera's clock minus ours, None when not known; `recomputed` says that the digest was made
    from the file later, not while it was written.
    """

    KIND = "segment"

    segment: str = field(metadata=_NAME)
    camera: str = field(metadata=_NAME)
    stream: str = field(metadata=_NAME)
    start_ns: int = field(metadata=_NS)
    end_ns: int = field(metadata=_NS)
    bytes: int = field(metadata=_COUNT)
    fragments: int = field(metadata=_COUNT)
    digest: str = field(metadata=_HASH)
    digest_alg: str = field(metadata=_ALGORITHM)
    clock_offset_ms: int | None = field(metadata={_FORM: forms.optional(forms.SIGNED)})
    recomputed: bool = field(metadata={_FORM: forms.FLAG})


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap(Leaf):
    """Footage that was planned is not there, and why (a word of ports.recording.GapReason)."""

    KIND = "gap"

    camera: str = field(metadata=_NAME)
    stream: str = field(metadata=_NAME)
    start_ns: int = field(metadata=_NS)
    end_ns: int = field(metadata=_NS)
    reason: str = field(metadata=_NAME)
    detail: str | None = field(metadata=_TEXT_OR_NONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold(Leaf):
    """Footage of a span may not be deleted from now on."""

    KIND = "hold"

    hold: str = field(metadata=_NAME)
    camera: str = field(metadata=_NAME)
    start_ns: int = field(metadata=_NS)
    end_ns: int = field(metadata=_NS)
    person: str = field(metadata=_NAME)
    reason: str = field(metadata=_TEXT)


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldRelease(Leaf):
    """A hold ends."""

    KIND = "hold_release"

    hold: str = field(metadata=_NAME)
    person: str = field(metadata=_NAME)
    reason: str = field(metadata=_TEXT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion(Leaf):
    """A receipt: a segment was deleted, on what ground, by whom (None: by the retention rule itself)."""

    KIND = "deletion"

    segment: str = field(metadata=_NAME)
    camera: str = field(metadata=_NAME)
    stream: str = field(metadata=_NAME)
    start_ns: int = field(metadata=_NS)
    end_ns: int = field(metadata=_NS)
    bytes: int = field(metadata=_COUNT)
    digest: str = field(metadata=_HASH)
    digest_alg: str = field(metadata=_ALGORITHM)
    ground: str = field(metadata=_TEXT)
    person: str | None = field(metadata=_NAME_OR_NONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessOpening(Leaf):
    """Somebody is about to see, take or be refused footage. Durable before the first byte leaves.

    `start_ns`/`end_ns` are the footage's span, None for live. `retrieval` is the approval it rests on, if any.
    """

    KIND = "access"

    access: str = field(metadata=_NAME)
    act: str = field(metadata={_FORM: forms.one_of(*ACTS)})
    camera: str = field(metadata=_NAME)
    stream: str | None = field(metadata=_NAME_OR_NONE)
    start_ns: int | None = field(metadata=_NS_OR_NONE)
    end_ns: int | None = field(metadata=_NS_OR_NONE)
    person: str = field(metadata=_NAME)
    unit: str | None = field(metadata=_NAME_OR_NONE)
    purpose: str = field(metadata=_TEXT)
    retrieval: str | None = field(metadata=_NAME_OR_NONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessEnd(Leaf):
    """An access is over: the span really seen (None when nothing was) and how long it took."""

    KIND = "access_end"

    access: str = field(metadata=_NAME)
    start_ns: int | None = field(metadata=_NS_OR_NONE)
    end_ns: int | None = field(metadata=_NS_OR_NONE)
    duration_ns: int = field(metadata=_NS)


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievalChange(Leaf):
    """A retrieval went from one state to another. `before` is None at its beginning.

    `document` is the SHA-256 of the paper that the step rests on, if there is one.
    """

    KIND = "retrieval"

    retrieval: str = field(metadata=_NAME)
    before: str | None = field(metadata=_NAME_OR_NONE)
    after: str = field(metadata=_NAME)
    person: str = field(metadata=_NAME)
    reason: str | None = field(metadata=_TEXT_OR_NONE)
    document: str | None = field(metadata=_HASH_OR_NONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigurationChange(Leaf):
    """A setting that touches evidence was changed (retention, digest, masks, time). Never holds a secret."""

    KIND = "configuration"

    subject: str = field(metadata=_NAME)
    setting: str = field(metadata=_NAME)
    before: str | None = field(metadata=_TEXT_OR_NONE)
    after: str | None = field(metadata=_TEXT_OR_NONE)
    person: str = field(metadata=_NAME)


@dataclass(frozen=True, slots=True, kw_only=True)
class Restore(Leaf):
    """A backup was put back and declared; one put back without this leaf is found by its tree."""

    KIND = "restore"

    backup_at_ns: int = field(metadata=_NS)
    person: str = field(metadata=_NAME)
    reason: str = field(metadata=_TEXT)


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherLog(Leaf):
    """The checkpoint of another log is taken into this one: how the log of an engine that was alone is merged.

    `checkpoint` is the hash that `checkpoint.note_hash` gives for its signed text.
    """

    KIND = "other_log"

    origin: str = field(metadata=_NAME)
    tree_size: int = field(metadata=_COUNT)
    root: str = field(metadata=_HASH)
    digest_alg: str = field(metadata=_ALGORITHM)
    checkpoint: str = field(metadata=_HASH)


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionProved(Leaf):
    """A day's proof of what one camera keeps was made. `certificate` is the SHA-256 of its canonical bytes
    (docs/design/retention.md); [start, end) is the window it speaks of, `day` the window's last civil day.
    """

    KIND = "retention"

    camera: str = field(metadata=_NAME)
    day: str = field(metadata=_NAME)
    start_ns: int = field(metadata=_NS)
    end_ns: int = field(metadata=_NS)
    certificate: str = field(metadata=_HASH)


_TYPES: tuple[type[Leaf], ...] = (
    SealedSegment,
    Gap,
    Hold,
    HoldRelease,
    Deletion,
    AccessOpening,
    AccessEnd,
    RetrievalChange,
    ConfigurationChange,
    Restore,
    OtherLog,
    RetentionProved,
)
KINDS: Mapping[str, Mapping[int, type[Leaf]]] = {one.KIND: {one.VERSION: one} for one in _TYPES}
"""Every kind that can be read, with its versions."""


def decode(data: bytes) -> Leaf:
    """The leaf of these bytes; encoding it again gives the very same bytes.

    Raises MingjianError: `leaf_unreadable` (no JSON object, or too long), `leaf_unknown_kind`, `leaf_unknown_version`,
    `leaf_unknown_field`, `leaf_missing_field`, `leaf_bad_field`, `leaf_not_canonical` (another spelling of a leaf).
    """
    value = _object(data)
    kind, version = value.pop("kind", None), value.pop("v", None)
    versions = KINDS.get(kind) if isinstance(kind, str) else None
    if versions is None:
        raise leaf_error(
            "leaf_unknown_kind", f"未知的记录类型 {kind!r:.80}", f"unknown kind of leaf {kind!r:.80}", "kind"
        )
    made = versions.get(version) if isinstance(version, int) and not isinstance(version, bool) else None
    if made is None:
        raise leaf_error(
            "leaf_unknown_version",
            f"记录类型 {kind} 没有版本 {version!r:.80}",
            f"no version {version!r:.80} of the leaf {kind}",
            "v",
        )
    leaf = made(**_values(made, value))
    if leaf.encode() != data:
        raise leaf_error("leaf_not_canonical", "记录的写法不规范", "the leaf is not written in its canonical form")
    return leaf


def _object(data: bytes) -> dict[str, Any]:
    try:
        if len(data) > MAX_LEAF_BYTES:
            raise ValueError("too long")
        value = json.loads(data.decode("utf-8"))
        if not isinstance(value, dict):
            raise ValueError("no object")
    except (ValueError, RecursionError) as error:
        raise leaf_error("leaf_unreadable", "记录无法读取", f"the leaf cannot be read: {error!s:.80}") from error
    return value


def _values(made: type[Leaf], value: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in fields(made):
        if one.name not in value:
            raise leaf_error(
                "leaf_missing_field",
                f"记录 {made.KIND} 缺少字段 {one.name}",
                f"the leaf {made.KIND} lacks the field {one.name}",
                one.name,
            )
        try:
            found[one.name] = one.metadata[_FORM].from_json(value.pop(one.name))
        except ValueError as error:
            raise _bad_field(made.KIND, one.name, error) from error
    for name in value:
        raise leaf_error(
            "leaf_unknown_field",
            f"记录 {made.KIND} 没有字段 {name:.80}",
            f"the leaf {made.KIND} has no field {name:.80}",
            name,
        )
    return found


def _bad_field(kind: str, name: str, error: ValueError) -> MingjianError:
    return leaf_error(
        "leaf_bad_field",
        f"记录 {kind} 的字段 {name} 不符合要求",
        f"the field {name} of the leaf {kind} is {error}",
        name,
    )
