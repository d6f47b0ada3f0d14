"""Retention certificates taken out of a data folder, with the proof that the engine's log holds them."""

from __future__ import annotations

import contextlib
from typing import Any

from mingjian.app.data_folder import DataFolder
from mingjian.app.ledger_audit import engine_log_of
from mingjian.app.ledger_keys import ledger_folder, load_signer, rotations
from mingjian.kernel.canonical import canonical_bytes
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.ledger.consistency import stored_inclusion_proof
from mingjian.ledger.note import PublicKey, signed_by
from mingjian.ledger.rotation import open_rotation
from mingjian.media.custody.book import parse_signed
from mingjian.media.custody.leaf_store import KeptRow
from mingjian.ports.retention import StoredCertificate, certificate_of, proofs_folder
from mingjian.verify.retention import KIND


def certificate_file(folder: DataFolder, camera: str, day: str) -> bytes:
    """The file of a camera and day. Raises MingjianError not_found."""
    stored = certificate_of(proofs_folder(folder.root), day, camera)
    if stored is None:
        raise MingjianError(
            "not_found", Text(zh="没有这份留存证明书", en="there is no such certificate"), fault=Fault.USER
        )
    return proof_file(folder, stored)


def proof_file(folder: DataFolder, stored: StoredCertificate) -> bytes:
    """The file that `mingjian retention verify` takes. Without ledger part while no checkpoint covers the leaf yet."""
    key = next((one for one in _keys(folder) if _opens(stored.note, one)), load_signer(folder).public)
    told = {"kind": KIND, "v": 1, "key": key.encode(), "note": stored.note, "ledger": _ledger(folder, stored)}
    return canonical_bytes(told) + b"\n"


def _ledger(folder: DataFolder, stored: StoredCertificate) -> dict[str, Any] | None:
    log = engine_log_of(folder, kept_hashes=False)
    if log.signed is None:
        return None
    said = parse_signed(log.signed)
    wanted = f'"certificate":"{stored.certificate.digest()}"'.encode()
    found = next(((index, leaf) for index, leaf in enumerate(log.leaves()) if wanted in leaf), None)
    if found is None or found[0] >= said.size:
        return None
    signer = next((one for one in _keys(folder) if _opens(log.signed, one)), None)
    if signer is None:
        return None
    with contextlib.closing(KeptRow(ledger_folder(folder) / "engine")) as row:
        path = stored_inclusion_proof(said.algorithm, row.node, found[0], said.size)
    return {
        "key": signer.encode(), "leaf": found[1].decode(), "index": found[0], "proof": [one.hex() for one in path],
        "checkpoint": log.signed,
    }  # fmt: skip


def _keys(folder: DataFolder) -> list[PublicKey]:
    """The key in force and those it replaced."""
    return [load_signer(folder).public, *(open_rotation(one).old for one in reversed(rotations(folder, "engine")))]


def _opens(signed: str, key: PublicKey) -> bool:
    try:
        signed_by(signed, key)
    except MingjianError:
        return False
    return True
