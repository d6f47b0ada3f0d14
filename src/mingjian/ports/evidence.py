"""What goes into an evidence package, as values: who asked, who approved, what the ledger proves, which clips.

Web fills these in, media builds the package from them. Times are UTC nanoseconds. Texts are stored as given and are
covered by the seal. `leaf` numbers count from 0 in `LedgerWord.leaves`, not in the ledger.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from mingjian.kernel.text import Text


@dataclass(frozen=True, slots=True)
class ProvedLeaf:
    """A leaf's bytes, where it stands in the ledger, and its inclusion proof to the checkpoint, from the leaf upward."""

    index: int
    data: bytes
    proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class LaterCheckpoint:
    """A signed checkpoint made after the one before it, and the consistency proof between both."""

    checkpoint: str
    proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class LedgerWord:
    """A signed checkpoint, the key it is signed with (as text), and the leaves it proves."""

    key: str
    checkpoint: str
    leaves: tuple[ProvedLeaf, ...]
    later: tuple[LaterCheckpoint, ...] = ()


@dataclass(frozen=True, slots=True)
class ClockWord:
    """How the camera's clock stood to true time: camera minus true, None when unknown; when that was found out."""

    offset_ms: int | None
    checked_ns: int | None
    statement: Text


@dataclass(frozen=True, slots=True)
class DerivedMedia:
    """A file made from originals that themselves stay out: masks burned in, or regions blurred.

    It shows [from_ns, to_ns) of `segment`. `parameters` says how it was made (canonical JSON or a sentence).
    """

    path: Path
    segment: str
    kind: str  # "mask" or "redaction"
    from_ns: int
    to_ns: int
    parameters: str
    made_by: str
    made_ns: int


@dataclass(frozen=True, slots=True)
class OriginalMedia:
    """[from_ns, to_ns) of `segment` as recorded; `from_ns` is where one of its fragments with a keyframe begins."""

    segment: str
    from_ns: int
    to_ns: int


@dataclass(frozen=True, slots=True)
class ClipOrder:
    """[from_ns, to_ns) of one camera's stream. A masked clip holds `derived` media only, never an original sample.

    `originals` None: whatever was recorded of that time.
    """

    camera: str
    name: str
    stream: str
    from_ns: int
    to_ns: int
    clock: ClockWord
    masked: bool = False
    derived: tuple[DerivedMedia, ...] = ()
    originals: tuple[OriginalMedia, ...] | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What the package is for."""

    purpose: str
    holder: str
    retrieval: str | None = None
    basis: str | None = None
    requester: str | None = None
    recipient: str | None = None


@dataclass(frozen=True, slots=True)
class CustodyStep:
    """One step of the chain of custody; `leaf` where the ledger holds it."""

    at_ns: int
    act: str
    person: str
    unit: str | None = None
    detail: str | None = None
    leaf: int | None = None


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approved, and the document that says so: the name of an attachment."""

    title: str
    person: str
    post: str | None
    at_ns: int
    member: str
    leaf: int | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes in as it is: a document, the receipt. `name` is lower-case ASCII, such as documents/1.pdf."""

    name: str
    title: str
    data: bytes


@dataclass(frozen=True, slots=True)
class PackageOrder:
    """Everything but the footage, which is read from the store. `digest_alg` is for manifest and attachments."""

    package: str
    created_ns: int
    subject: Subject
    clips: tuple[ClipOrder, ...]
    ledger: LedgerWord
    custody: tuple[CustodyStep, ...] = ()
    approvals: tuple[Approval, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    digest_alg: str = "sha256"


@dataclass(frozen=True, slots=True)
class Package:
    """What was built. `manifest_digest` is what the seal signs, in hex."""

    path: Path
    bytes: int
    manifest_digest: str


@dataclass(frozen=True, slots=True)
class MaskCover:
    """The privacy mask `mask` as it was at `version`, over what was recorded in [from_ns, to_ns).

    Corners in ten-thousandths of width and height; `reason`: what it hides; who held it against the picture last, when.
    """

    mask: str
    version: int
    points: tuple[tuple[int, int], ...]
    from_ns: int
    to_ns: int
    reason: str
    confirmed_by: str
    confirmed_ns: int


@dataclass(frozen=True, slots=True)
class WantedClip:
    """[from_ns, to_ns) of one camera's stream, as somebody was granted it.

    What `covers` touch leaves with those masks burned in, never as recorded; `why` they stay on.
    """

    camera: str
    name: str
    stream: str
    from_ns: int
    to_ns: int
    covers: tuple[MaskCover, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class PackageWish:
    """What web knows of a package: all but footage, clocks and the ledger's proofs, which the maker finds."""

    package: str
    created_ns: int
    subject: Subject
    clips: tuple[WantedClip, ...]
    custody: tuple[CustodyStep, ...] = ()
    approvals: tuple[Approval, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    receipt: bytes | None = None


@dataclass(frozen=True, slots=True)
class CopyWish:
    """A player copy of [from_ns, to_ns) of `camera`, in the sealed package at `package`, for one person.

    `copy` is the copy's id, from which its invisible mark follows; `title` what stands before it in the picture.
    """

    package: Path
    camera: str
    from_ns: int
    to_ns: int
    copy: str
    recipient: str
    unit: str
    title: str


@dataclass(frozen=True, slots=True)
class WorkWish:
    """Films of every member of the sealed package at `package`, for one person to draw regions on.

    `copy` is the id from which their invisible mark follows; `title` what stands before it in the picture.
    """

    package: Path
    copy: str
    recipient: str
    unit: str
    title: str


@dataclass(frozen=True, slots=True)
class WorkFilm:
    """A film that was made: its file, whose footage of when it shows, and which wall time its own times are.

    `anchors`: (ms of the film, UTC ns) where a run begins in which both pass alike. `sha256` in hex.
    """

    name: str
    camera: str
    camera_name: str
    start_ns: int
    end_ns: int
    pictures: int
    bytes: int
    sha256: str
    anchors: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class FilledRegion:
    """A polygon over the pictures of a camera in [from_ns, to_ns); corners in ten-thousandths of width and height."""

    camera: str
    from_ns: int
    to_ns: int
    points: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """Who redacted and who checked it, two people; `reason` is what it is made for.

    The ids tell two of one name apart; without both of them the names do.
    """

    reason: str
    redacted_by: str
    redacted_ns: int
    checked_by: str
    checked_ns: int
    redacted_by_id: str = ""
    checked_by_id: str = ""

    @property
    def ids(self) -> dict[str, str]:
        """As the manifest has them: both or none."""
        known = self.redacted_by_id and self.checked_by_id
        return {"redacted_by_id": self.redacted_by_id, "checked_by_id": self.checked_by_id} if known else {}

    @property
    def alone(self) -> bool:
        """Whether both are one person."""
        one, other = self.ids.values() if self.ids else (self.redacted_by, self.checked_by)
        return one == other


@dataclass(frozen=True, slots=True)
class DerivedWish:
    """The package `name`, derived from the one at `package` with the filled films in `films`, as two people made it."""

    package: Path
    films: Path
    name: str
    created_ns: int
    checked: Checked


class PackageWatch(Protocol):
    """Who waits for a package."""

    def on_progress(self, done: int, total: int) -> None:
        """So many bytes of so many are written."""

    def is_cancelled(self) -> bool:
        """Whether it was called off; asked after every fragment."""


class PackageMaker(Protocol):
    """What makes packages from the footage and the ledger of this machine. Blocking, for a thread."""

    def make(self, wish: PackageWish, output: Path, watch: PackageWatch) -> Package:
        """Write the sealed package to `output`, which must not exist; called off or failed, nothing of it is left.

        Raises MingjianError `segment_open`, `leaf_missing`, `not_signed_yet` (later it may go), `no_footage`,
        `footage_missing`, `footage_altered`, `undecodable` (under masks), `output_unwritable`, `cancelled`.
        """

    def copy(self, wish: CopyWish, output: Path, watch: PackageWatch) -> int:
        """Write a player copy (MP4) to `output`, which must not exist; its bytes. Progress is in ms of footage.

        Nothing is left of what did not end. Raises MingjianError `package_unreadable`, `no_footage`, `undecodable`,
        `font_missing`, `output_unwritable`, `cancelled`.
        """

    def work_films(self, wish: WorkWish, folder: Path, watch: PackageWatch) -> tuple[WorkFilm, ...]:
        """Films to draw regions on, in the new folder `folder`; progress in ms of footage. Raises as `copy`."""

    def fill(
        self, package: Path, regions: Sequence[FilledRegion], folder: Path, watch: PackageWatch
    ) -> tuple[str, tuple[WorkFilm, ...]]:
        """Films with the regions filled, in the new folder `folder`, and the SHA-256 of their list, which stands for all.

        Progress in ms of footage. Nothing is left of what did not end. Raises MingjianError `package_unreadable`,
        `bad_regions`, `undecodable`, `output_unwritable`, `cancelled`.
        """

    def derive(self, wish: DerivedWish, output: Path) -> Package:
        """Seal filled films as a derived package. Raises MingjianError `second_person`, `redaction_altered`,
        `package_unreadable`, `output_exists`, `output_unwritable`.
        """
