"""Bodies and answers of retrievals. Spans are whole seconds since 1970 (UTC)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Field, Schema

from mingjian.kernel.clock import NS_PER_S
from mingjian.rules.states.retrieval import RETRIEVAL
from mingjian.web.http.schemas import Input
from mingjian.web.retrievals.attachments import attachments
from mingjian.web.retrievals.deciding import DECIDE_HOURS, decide_by_ns
from mingjian.web.retrievals.emergencies import closes_s
from mingjian.web.retrievals.models import Retrieval, RetrievalExtent, RetrievalPackage
from mingjian.web.retrievals.packaging import takings_of
from mingjian.web.retrievals.requests import NewRequest, Span

Id = Annotated[str, Field(min_length=1, max_length=26)]
Seconds = Annotated[int, Field(ge=0, le=9_000_000_000)]
Way = Literal["public_security", "department", "other_organ", "person_concerned"]
Words = Annotated[str, Field(max_length=500)]
FileId = Annotated[str, Field(max_length=26)]
Form = Literal["view", "copy", "take"]
_TEXTS = ("case", "legal_basis", "duty", "purpose", "form", "own_approval_file", "relation", "protects",
          "identity_file", "relation_file")  # fmt: skip


class SpanIn(Input):
    """[from_s, to_s) of a camera."""

    camera: Id
    from_s: Seconds
    to_s: Seconds

    def span(self) -> Span:
        """As a value."""
        return Span(self.camera, self.from_s, self.to_s)


Spans = Annotated[list[SpanIn], Field(min_length=1, max_length=500)]


class RequestIn(Input):
    """What is asked for. The person's name and credential only for a person concerned."""

    way: Way
    organisation: Id
    spans: Spans
    purpose: str = Field(min_length=2, max_length=500)
    case: str = Field("", max_length=128)
    legal_basis: Words = ""
    duty: Literal["", "law_enforcement", "emergency_handling"] = ""
    form: Form = "view"
    own_approval_file: FileId = ""
    relation: Literal["", "self", "close_relative", "carer"] = ""
    protects: Literal["", "life_health", "property"] = ""
    identity_file: FileId = ""
    relation_file: FileId = ""
    person_name: str = Field("", max_length=64)
    person_number: str = Field("", max_length=32)

    def value(self) -> NewRequest:
        """As a value."""
        texts = {key: getattr(self, key) for key in _TEXTS}
        spans = tuple(one.span() for one in self.spans)
        return NewRequest(self.way, self.organisation, spans, texts, self.person_name, self.person_number)


class CheckIn(RequestIn):
    """The same while it is still being written."""

    purpose: str = Field("", max_length=500)


class SupervisorOut(Schema):
    """One of the holder's staff who may attend when a person concerned views."""

    user: str
    name: str


class RequestChangeIn(Input):
    """What changes of a draft."""

    spans: Spans | None = None
    purpose: str | None = Field(None, min_length=2, max_length=500)
    case: str | None = Field(None, max_length=128)
    legal_basis: Words | None = None
    duty: Literal["law_enforcement", "emergency_handling"] | None = None
    form: Form | None = None
    own_approval_file: FileId | None = None
    relation: Literal["self", "close_relative", "carer"] | None = None
    protects: Literal["life_health", "property"] | None = None
    identity_file: FileId | None = None
    relation_file: FileId | None = None


class ApproveIn(Input):
    """Until when, and how much of what was asked; `supervisor` where a person concerned views; `code` of the head."""

    code: str = Field("", max_length=32)
    expires_s: Seconds
    spans: Spans | None = None
    supervisor: Annotated[str, Field(max_length=26)] = ""


class ExecutorConfirmIn(Input):
    """One's own second factor, and for those who execute the number of the credential."""

    code: str = Field(min_length=1, max_length=32)
    number: str = Field("", max_length=32)


class VisitorIn(Input):
    """Somebody without account: credential, scanned approval, signature."""

    name: str = Field(min_length=1, max_length=64)
    number: str = Field(min_length=4, max_length=32)
    approval_file: Id
    signature_file: Id


class VisitorUndertakingIn(Input):
    """A visitor's undertaking, signed on paper."""

    number: str = Field(min_length=4, max_length=32)
    signature_file: Id


class PapersIn(Input):
    """What was shown."""

    papers: list[Literal["credentials", "approval_document"]] = Field(max_length=2)


class HandedIn(Input):
    """A file handed over. `flag`: a mark of secrecy; it may be stricter than the footage's sources, never weaker."""

    name: str = Field(min_length=1, max_length=128)
    size_bytes: int = Field(ge=0, le=1 << 50)
    algorithm: Literal["sha256", "sm3"] = "sha256"
    digest: str = Field(pattern="^[0-9a-f]{64}$")
    flag: Literal["", "privacy", "trade_secret", "state_secret"] = ""


class SealIn(Input):
    """All that was handed over; nothing named: the package that was made."""

    files: list[HandedIn] = Field(default_factory=list, max_length=1000)


class HandoverEndIn(Input):
    """How it ended, and the stored file that proves it."""

    event: Literal["give_back", "destroy"]
    file: Id


class DeclarationIn(Input):
    """An emergency: what, on whose authority, where, since when footage is needed, and when it closes by itself."""

    organisation: Id
    kind: Literal["public_order", "natural_disaster", "accident", "public_health"]
    authority: str = Field(min_length=2, max_length=255)
    purpose: str = Field(min_length=2, max_length=500)
    area: dict[str, Any]
    from_s: Seconds
    expires_s: Seconds
    form: Form = "view"


class CheckOut(Schema):
    """What the law says before anything is sent; `missing` are the rules that do not let it through yet."""

    judgements: list[dict[str, Any]]
    missing: list[dict[str, Any]]
    holder: str | None
    holder_name: str | None


class BodyOut(Schema):
    """A body in whose name one asks, and the ways that are open to it."""

    id: str
    name: str
    kind: str
    ways: list[Way]
    may_declare: bool


class AttachmentOut(Schema):
    """A file handed in with the request. `part`: own_approval, identity or relation."""

    part: str
    name: str
    media_type: str
    bytes: int


class RetrievalOut(Schema):
    """A retrieval. `decide_by_s` is a policy's, no law's: `decide_policy` names it."""

    id: str
    way: str
    state: str
    state_label: str
    events: list[str]
    organisation: str
    organisation_name: str
    holder: str | None
    holder_name: str | None
    requester: str
    requester_name: str
    case: str
    legal_basis: str
    duty: str
    purpose: str
    form: str
    asked: list[dict[str, Any]]
    granted: list[dict[str, Any]]
    approver_name: str
    expires_s: int | None
    closes_s: int | None
    decide_by_s: int | None
    decide_policy: str
    coordinated_by: str
    executors: list[dict[str, Any]]
    papers: list[str]
    registered_s: int | None
    handed: list[dict[str, Any]]
    packages: list[dict[str, Any]]
    event_kind: str
    authority: str
    area: dict[str, Any] | None
    confirmed: bool
    history: list[dict[str, Any]]
    attachments: list[AttachmentOut]
    relation: str
    protects: str
    supervisor_name: str | None
    attested: list[str]
    version: int


NAMED_CAMERAS = 5
"""So many of the unit's cameras are named to its people; of the others they are told how many there are."""


class OpenEmergencyOut(Schema):
    """What the people of a unit know of an emergency: its kind, its area (GeoJSON), which of their cameras are open to it
    (how many, and the first names), since when and until when.
    """

    kind: str
    area: dict[str, Any]
    cameras: int
    names: list[str]
    since_s: int
    until_s: int


class RetrievalPage(Schema):
    """Retrievals, newest first, without their parts."""

    items: list[dict[str, Any]]
    next: str | None


def brief(row: Retrieval, language: str) -> dict[str, Any]:
    """A row of the list."""
    return {
        **{key: getattr(row, key) for key in (
            "id", "way", "state", "case", "purpose", "form", "requester_name", "version", "event_kind"
        )},
        "state_label": RETRIEVAL.label(row.state).for_language(language),
        "organisation": row.organisation_id,
        "organisation_name": row.organisation.name,
        "holder": row.holder_id,
        "holder_name": None if row.holder is None else row.holder.name,
        "expires_s": seconds(row.expires_ns),
    }  # fmt: skip


def whole(row: Retrieval, language: str) -> dict[str, Any]:
    """Everything the API shows; of credentials only their ends."""
    extents = list(row.extents.select_related("camera").order_by("pk"))
    by = decide_by_ns(row)
    return {
        **brief(row, language),
        **{key: getattr(row, key) for key in (
            "legal_basis", "duty", "approver_name", "coordinated_by", "papers", "handed", "authority", "area",
            "relation", "protects",
        )},
        "requester": row.requester_id,
        "events": list(RETRIEVAL.events(row.state)),
        "asked": [_extent(one) for one in extents if not one.granted],
        "granted": [_extent(one) for one in extents if one.granted],
        "decide_by_s": seconds(by),
        "decide_policy": "" if by is None else DECIDE_HOURS,
        "executors": [
            {
                "user": one.user_id, "name": one.name, "number_end": one.number_end, "visitor": one.user_id is None,
                "confirmed_s": seconds(one.confirmed_ns), "undertaken_s": seconds(one.undertaken_ns),
            }
            for one in row.executors.order_by("pk")
        ],
        "registered_s": seconds(row.registered_ns),
        "closes_s": closes_s(row),
        "confirmed": row.confirmed_ns is not None,
        "packages": packages_out(row, language),
        "attachments": [
            {"part": part, "name": file.name, "media_type": file.media_type, "bytes": file.bytes}
            for part, file in attachments(row).items()
        ],
        "supervisor_name": None if row.supervisor is None else row.supervisor.display_name or row.supervisor.name,
        "attested": [one.user.display_name or one.user.name for one in row.attestations.select_related("user")],
        "history": [
            {
                "number": one.number, "event": one.event, "before": one.before, "after": one.after, "by": one.by_name,
                "unit": one.by_unit, "at_s": seconds(one.at_ns), "reason": one.reason, "judgement": one.judgement,
                "leaf": one.leaf,
            }
            for one in row.steps.order_by("number")
        ],
    }  # fmt: skip


def packages_out(row: Retrieval, language: str) -> list[dict[str, Any]]:
    """The packages, newest first, each with who took it and when."""
    found = list(row.packages.order_by("-wanted_ns", "-id"))
    taken = takings_of(row) if found else {}
    return [{**package_out(one, language), "taken": taken.get(one.id, [])} for one in found]


def package_out(row: RetrievalPackage, language: str) -> dict[str, Any]:
    """A package with its progress."""
    return {
        **{key: getattr(row, key) for key in ("id", "state", "done_bytes", "total_bytes", "sha256", "manifest_digest")},
        "wanted_s": seconds(row.wanted_ns),
        "ready_s": seconds(row.ready_ns),
        "size_bytes": row.bytes,
        "problem": row.problem_zh if language == "zh" else row.problem_en,
        "problem_code": row.problem_code,
        "wanted_by": row.wanted_by_name,
        "masked": [
            {
                "camera": one["camera"], "name": one["name"], "from_s": seconds(one["from_ns"]),
                "to_s": seconds(one["to_ns"]), "masks": len({cover["mask"] for cover in one["masks"]}),
            }
            for one in row.masks.get("clips", ())
        ],
    }  # fmt: skip


def seconds(ns: int | None) -> int | None:
    """Whole seconds."""
    return None if ns is None else ns // NS_PER_S


def _extent(one: RetrievalExtent) -> dict[str, Any]:
    return {
        "camera": one.camera_id,
        "camera_name": one.camera.name,
        "from_s": seconds(one.from_ns),
        "to_s": seconds(one.to_ns),
    }
