"""A package made from a sealed one, with regions filled: redacted films first, then, once another has checked them, the seal.

The new package shows no sample of the original. It names the original by its own seal, and each film names the recorded
fragments it was made from, with their hashes and the ledger's proofs, as the original did. docs/design/evidence.md section 8.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from mingjian.kernel.canonical import canonical_bytes
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.ledger import note
from mingjian.ledger.merkle import hasher
from mingjian.media.export.draft import Draft
from mingjian.media.export.film import Film, copying
from mingjian.media.export.package import PAGE_NAME, MemberWriter
from mingjian.media.export.progress import Progress
from mingjian.media.export.sealed import SealedPackage
from mingjian.media.picture_mask import burn
from mingjian.ports.evidence import Checked, FilledRegion, Package
from mingjian.ports.masks import SCALE
from mingjian.verify.package import MANIFEST_NAME, SEAL_NAME
from mingjian.verify.package_derivation import REDACTION, seal_text

LIST_NAME = "redaction.json"


def read_regions(data: bytes) -> list[FilledRegion]:
    """Regions of a JSON list `[{"camera", "from_ns", "to_ns", "points": [[x, y], ...]}]`. Raises MingjianError `bad_regions`."""
    try:
        rows = json.loads(data)
        regions = [
            FilledRegion(
                str(row["camera"]),
                int(row["from_ns"]),
                int(row["to_ns"]),
                tuple((int(x), int(y)) for x, y in row["points"]),
            )
            for row in rows
        ]
    except (ValueError, KeyError, TypeError) as error:
        raise _refused("bad_regions", "遮蔽区域文件无法读取", "the regions cannot be read", str(error)) from error
    for one in regions:
        inside = all(0 <= at <= SCALE for corner in one.points for at in corner)
        if len(one.points) < 3 or not inside or one.from_ns >= one.to_ns:
            raise _refused("bad_regions", "遮蔽区域或者时段不正确", "a region or its time is wrong", one.camera)
    return regions


def redact(
    package: Path,
    regions: Sequence[FilledRegion],
    folder: Path,
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> str:
    """Write a film for each member with footage, and the list of them; the SHA-256 of that list, which stands for all.

    `folder` must not exist; `tell` is called with (done, of so many) milliseconds of footage.
    Raises MingjianError `package_unreadable`, `bad_regions` for a camera that is not in it,
    `undecodable`, and OSError.
    """
    with SealedPackage(package) as original:
        known = {clip["camera"] for clip in original.manifest["clips"]}
        strange = next((one.camera for one in regions if one.camera not in known), None)
        if strange is not None:
            raise _refused("bad_regions", "证据包中没有这台摄像机", "that camera is not in the package", strange)
        folder.mkdir(mode=0o700)
        films: list[dict[str, str]] = []
        progress = Progress(original.rows(), tell)
        for clip in original.manifest["clips"]:
            mine = [one for one in regions if one.camera == clip["camera"]]
            for row in [*clip["parts"], *clip["derived"]]:
                name = f"{len(films) + 1:04d}.mp4"
                with (folder / name).open("xb+") as out, Film(out, copying) as film:
                    for at_ns, frame in original.pictures(row):
                        over = tuple(one.points for one in mine if one.from_ns <= at_ns < one.to_ns)
                        film.add(at_ns, burn(frame, over))
                        progress.at(row, at_ns)
                progress.past(row)
                films.append({"name": name, "of": row["member"], "sha256": _sha256(folder / name)})
        listed = {
            "package": original.manifest["package"],
            "regions": [
                {**asdict(one), "from_ns": str(one.from_ns), "to_ns": str(one.to_ns),
                 "points": [list(corner) for corner in one.points]}
                for one in regions
            ],
            "films": films,
        }  # fmt: skip
    data = canonical_bytes(listed)
    (folder / LIST_NAME).write_bytes(data)
    return hashlib.sha256(data).hexdigest()


def seal_redacted(
    package: Path, folder: Path, checked: Checked, name: str, created_ns: int, signer: note.Signer, output: Path,
    page: bytes | None = None,
) -> Package:  # fmt: skip
    """Seal the films of `folder` as the package `name`, derived from `package`. Nothing of it is left when it fails.

    Raises MingjianError `second_person`, `redaction_altered` when a film is not the one that was listed,
    `package_unreadable`, `output_exists`, `output_unwritable`.
    """
    if checked.alone or checked.checked_ns < checked.redacted_ns:
        raise _refused("second_person", "遮蔽处理须由另一人检查", "a redaction is checked by another person", "")
    listed = json.loads((folder / LIST_NAME).read_bytes())
    films = {row["of"]: folder / row["name"] for row in listed["films"]}
    for row in listed["films"]:
        if _sha256(folder / row["name"]) != row["sha256"]:
            raise _refused("redaction_altered", "遮蔽后的录像已被改动", "a redacted film was altered", row["name"])
    with SealedPackage(package) as original, Draft(output) as draft:
        before = original.manifest
        if before["package"] != listed["package"]:
            raise _refused("redaction_altered", "不是由这个证据包处理而来", "it was made from another package", "")
        writer = MemberWriter(draft.fd, before["digest_alg"], 0, None, lambda: False)
        clips = []
        for clip in before["clips"]:
            derived = []
            for row in [*clip["parts"], *clip["derived"]]:
                member = f"derived/{len(writer.rows) + 1:04d}.mp4"
                writer.file(member, REDACTION, films[row["member"]])
                derived.append(_derived(row, member, listed["regions"], checked))
            clips.append({**clip, "masked": True, "parts": [], "derived": derived})
        if page is not None:
            writer.memory(PAGE_NAME, "verify", page)
        manifest = canonical_bytes(
            {
                **before,
                "package": name,
                "created_ns": str(created_ns),
                "seal_key": signer.public.encode(),
                "subject": {
                    **before["subject"],
                    "purpose": checked.reason,
                    "basis": None,
                    "requester": None,
                    "recipient": None,
                },
                "custody": _custody(checked),
                "approvals": [],
                "members": writer.listed(),
                "clips": clips,
                "derivation": _derivation(original, checked),
            }
        )
        digest = writer.digest(manifest)
        text = seal_text(name, before["digest_alg"], digest)
        writer.memory(MANIFEST_NAME, None, manifest)
        writer.memory(SEAL_NAME, None, note.join(text, [note.sign_text(text, signer)]).encode())
        size = writer.close()
        draft.publish()
    return Package(output, size, digest.hex())


def _derived(row: dict[str, Any], member: str, regions: Sequence[object], checked: Checked) -> dict[str, Any]:
    return {
        **{key: row[key] for key in ("leaf", "first", "start_ns", "end_ns", "hashes")},
        "member": member,
        "kind": REDACTION,
        "count": row["count"] if "count" in row else len(row["fragments"]),
        "parameters": canonical_bytes({"regions": regions, "fill": "solid"}).decode(),
        "made_by": checked.redacted_by,
        "made_ns": str(checked.redacted_ns),
    }


def _custody(checked: Checked) -> list[dict[str, Any]]:
    rows = (("redact", checked.redacted_by, checked.redacted_ns), ("check", checked.checked_by, checked.checked_ns))
    return [
        {"act": act, "person": person, "at_ns": str(at_ns), "unit": None, "detail": None, "leaf": None}
        for act, person, at_ns in rows
    ]


def _derivation(original: SealedPackage, checked: Checked) -> dict[str, Any]:
    before = original.manifest
    state = hasher(before["digest_alg"])()
    state.update(original.data(MANIFEST_NAME))
    return {
        "package": before["package"],
        "digest_alg": before["digest_alg"],
        "manifest_digest": state.digest().hex(),
        "seal_key": before["seal_key"],
        "seal": original.seal,
        "reason": checked.reason,
        "redacted_by": checked.redacted_by,
        "redacted_ns": str(checked.redacted_ns),
        "checked_by": checked.checked_by,
        "checked_ns": str(checked.checked_ns),
        **checked.ids,
    }


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _refused(code: str, zh: str, en: str, detail: str) -> MingjianError:
    return MingjianError(code, Text(zh, en), fault=Fault.USER, detail=detail)
