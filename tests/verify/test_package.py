"""Real packages, altered in every way: never PASS, and named where they were altered."""

from __future__ import annotations

import hashlib
import json
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.media.export.evidence import SECOND, Case, signers

from mingjian.kernel.canonical import canonical_bytes
from mingjian.ledger import note
from mingjian.media.export.package import build_package
from mingjian.ports.evidence import DerivedMedia
from mingjian.verify.anchor import Anchor, read_anchors
from mingjian.verify.package import MANIFEST_NAME, SEAL_NAME, verify_package
from mingjian.verify.package_derivation import seal_text
from mingjian.verify.package_report import PackageReport, State, Verdict
from mingjian.wire.evidence_zip import Member, directory, local_header, read_members
from mingjian.wire.fmp4.box import reader_of


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return Case(tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="module")
def package(case: Case, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return case.build(tmp_path_factory.mktemp("package") / "p.zip").path.read_bytes()


def check(data: bytes, anchor: Anchor | None = None) -> PackageReport:
    return verify_package(reader_of(data), len(data), anchor)


def failed(report: PackageReport) -> list[str]:
    return [step.id for step in report.steps if step.state is State.FAIL]


def parts_of(data: bytes) -> list[tuple[str, bytes]]:
    read = reader_of(data)
    return [(m.name, read(m.data_offset, m.size)) for m in read_members(read, len(data))]


def frame(parts: list[tuple[str, bytes]]) -> bytes:
    out, members = bytearray(), []
    for name, data in parts:
        members.append(Member(name, len(data), zlib.crc32(data), len(out)))
        out += local_header(name, len(data), zlib.crc32(data)) + data
    return bytes(out + directory(members, len(out)))


def resealed(
    data: bytes, signer: note.Signer, change: Callable[[dict[str, Any], dict[str, bytes]], None] = lambda m, f: None
) -> bytes:
    """What a forger does who knows the format: change what he likes, list it rightly, sign it anew."""
    members = dict(parts_of(data))
    manifest = json.loads(members.pop(MANIFEST_NAME))
    del members[SEAL_NAME]
    change(manifest, members)
    manifest["seal_key"] = signer.public.encode()
    for row in manifest["members"]:
        found = members[row["name"]]
        row["bytes"], row["crc32"] = len(found), f"{zlib.crc32(found):08x}"
        row["digest"] = None if row["digest"] is None else hashlib.sha256(found).hexdigest()
    written = canonical_bytes(manifest)
    text = seal_text(manifest["package"], "sha256", hashlib.sha256(written).digest())
    seal = note.join(text, [note.sign_text(text, signer)]).encode()
    return frame([*members.items(), (MANIFEST_NAME, written), (SEAL_NAME, seal)])


@pytest.mark.parametrize(("algorithm", "suite"), [("sha256", "ed25519"), ("sm3", "sm2")])
def test_an_untouched_package(tmp_path: Path, algorithm: str, suite: str) -> None:
    (tmp_path / "store").mkdir()
    made = Case(tmp_path / "store", algorithm, suite)
    data = made.build(tmp_path / "p.zip").path.read_bytes()
    made.close()
    report = check(data, made.anchor())
    assert report.verdict is Verdict.PASS, report.lines("en")
    assert [step.number for step in report.steps] == list(range(1, 10))
    assert report.altered is None
    alone = check(data)
    assert (alone.verdict, alone.verdict.exit_code) == (Verdict.INTACT, 3)
    assert [step.state for step in alone.steps[:8]] == [State.PASS] * 8


def test_trust_is_judged_by_what_the_anchor_says(case: Case, package: bytes) -> None:
    seal, ledger = case.seal_signer.public.encode(), case.ledger_signer.public.encode()
    held = json.loads(dict(parts_of(package))[MANIFEST_NAME])["ledger"]
    only_seal = read_anchors([f"# keys\nseal {seal}\n".encode()])
    assert check(package, only_seal).verdict is Verdict.INTACT
    assert check(package, read_anchors([f"ledger {ledger}\n".encode()])).verdict is Verdict.INTACT
    with_checkpoint = read_anchors([f"seal {seal}\r\n".encode(), held["checkpoint"].encode()])
    assert check(package, with_checkpoint).verdict is Verdict.PASS
    with_later = read_anchors([f"seal {seal}".encode(), held["later"][0]["checkpoint"].encode()])
    assert check(package, with_later).verdict is Verdict.PASS
    strangers = signers(salt=7)
    for anchor in (
        Anchor(frozenset({strangers[1].public.encode()}), frozenset({ledger})),
        Anchor(frozenset({seal}), frozenset({strangers[0].public.encode()})),
        replace(with_checkpoint, checkpoints=(replace(with_checkpoint.checkpoints[0], root=b"\x01" * 32),)),
    ):
        report = check(package, anchor)
        assert (report.verdict, failed(report)) == (Verdict.FAIL, ["trust"])


def test_every_gap_is_proved_and_a_stretch_without_either_is_told(case: Case, package: bytes) -> None:
    manifest = json.loads(dict(parts_of(package))[MANIFEST_NAME])
    for clip in manifest["clips"]:
        assert clip["gaps"]
        assert [row["reason"] for row in clip["declared"]] == ["future"]

    def hide_the_gap(found: dict[str, Any], members: dict[str, bytes]) -> None:
        found["clips"][0]["gaps"] = []

    report = check(resealed(package, case.seal_signer, hide_the_gap), case.anchor())
    assert failed(report) == ["completeness"]


def test_a_thousand_random_changes_are_found(case: Case, package: bytes) -> None:
    """Flips, cuts, insertions, moved and repeated stretches; seeded, so that a failure can be seen again."""
    anchor = case.anchor()
    for seed in range(1000):
        draw = random.Random(seed)
        data = bytearray(package)
        at, length = draw.randrange(len(data)), draw.randrange(1, 400)
        kind = draw.choice(("flip", "bit", "cut", "insert", "truncate", "swap", "zero", "repeat"))
        if kind == "flip":
            data[at] ^= draw.randrange(1, 256)
        elif kind == "bit":  # near the end, where the frame, manifest and seal lie
            data[-1 - draw.randrange(min(20_000, len(data)))] ^= 1 << draw.randrange(8)
        elif kind == "cut":
            del data[at : at + length]
        elif kind == "insert":
            data[at:at] = draw.randbytes(length)
        elif kind == "truncate":
            del data[at:]
        elif kind == "swap":
            other = draw.randrange(len(data) - length)
            at = min(at, len(data) - length)
            data[at : at + length], data[other : other + length] = (
                data[other : other + length],
                data[at : at + length],
            )
        elif kind == "zero":
            data[at : at + length] = bytes(len(data[at : at + length]))
        else:
            data[at:at] = data[at : at + length]
        if bytes(data) == package:
            continue
        report = check(bytes(data), anchor)
        assert report.verdict is Verdict.FAIL, (seed, kind)
        if kind == "flip":
            assert report.altered is not None, seed
            assert report.altered.offset <= at < report.altered.end, (seed, report.altered)


def test_a_flipped_byte_of_footage_is_named_by_file_bytes_gop_and_time(case: Case, package: bytes) -> None:
    member = next(one for one in read_members(reader_of(package), len(package)) if one.name == "media/0003.mp4")
    manifest = json.loads(dict(parts_of(package))[MANIFEST_NAME])
    part = next(p for clip in manifest["clips"] for p in clip["parts"] if p["member"] == member.name)
    begin = part["init_bytes"] + sum(row["bytes"] + 64 for row in part["fragments"][:2])
    data = bytearray(package)
    data[member.data_offset + begin + 5000] ^= 1
    report = check(bytes(data), case.anchor())
    assert failed(report) == ["footage"]
    found = report.altered
    assert found is not None
    assert (found.part, found.file, found.camera, found.fragment, found.gop) == (
        "fragment", "media/0003.mp4", SECOND, 3, 3,
    )  # fmt: skip
    assert (found.member_offset, found.member_end) == (begin, begin + part["fragments"][2]["bytes"])
    assert found.offset == member.data_offset + begin
    assert found.start_ns == int(part["fragments"][2]["start_ns"])
    assert found.end_ns == int(part["fragments"][3]["start_ns"])
    assert "media/0003.mp4" in report.lines("zh")[-2]


def test_every_byte_of_the_frame_manifest_and_seal_counts(case: Case, package: bytes) -> None:
    anchor = case.anchor()
    members = read_members(reader_of(package), len(package))
    offsets = [at for member in members for at in range(member.offset, member.data_offset)]
    offsets += range(members[-1].end, len(package))
    offsets += random.Random(1).sample(range(members[-2].data_offset, members[-1].end), 200)
    data = bytearray(package)
    for at in offsets:
        data[at] ^= 0x41
        report = check(bytes(data), anchor)
        assert report.verdict is Verdict.FAIL, at
        assert report.altered is not None, at
        data[at] ^= 0x41


def test_a_forgery_signed_anew_with_other_keys(case: Case, package: bytes, tmp_path: Path) -> None:
    """Footage with its own ledger and seal passes no anchor; neither does a genuine package sealed anew."""
    (tmp_path / "store").mkdir()
    forger = Case(tmp_path / "store")
    forger.ledger_signer, forger.seal_signer = signers(salt=11)
    forged = forger.build(tmp_path / "f.zip").path.read_bytes()
    forger.close()
    assert check(forged).verdict is Verdict.INTACT
    assert failed(check(forged, case.anchor())) == ["trust"]
    assert failed(check(resealed(forged, case.seal_signer), case.anchor())) == ["trust"]
    _, seal = signers(salt=9)
    report = check(resealed(package, seal), case.anchor())
    assert failed(report) == ["trust"]
    assert check(resealed(package, seal)).verdict is Verdict.INTACT  # it says that the signer is unknown, never PASS


def test_whoever_holds_the_seal_cannot_alter_footage(case: Case, package: bytes) -> None:
    def swap_cameras(found: dict[str, Any], members: dict[str, bytes]) -> None:
        one, two = found["clips"]
        one["camera"], two["camera"] = two["camera"], one["camera"]

    def shift_time(found: dict[str, Any], members: dict[str, bytes]) -> None:
        row = found["clips"][0]["parts"][0]["fragments"][1]
        row["start_ns"] = str(int(row["start_ns"]) + 1)

    def flip(found: dict[str, Any], members: dict[str, bytes]) -> None:
        name = found["clips"][0]["parts"][0]["member"]
        data = bytearray(members[name])
        data[-100] ^= 1
        members[name] = bytes(data)

    def drop_fragment(found: dict[str, Any], members: dict[str, bytes]) -> None:
        part = found["clips"][0]["parts"][0]
        row = part["fragments"].pop(2)
        at = part["init_bytes"] + sum(one["bytes"] + 64 for one in part["fragments"][:2])
        members[part["member"]] = members[part["member"]][:at] + members[part["member"]][at + row["bytes"] + 64 :]

    def other_leaf(found: dict[str, Any], members: dict[str, bytes]) -> None:
        row = found["ledger"]["leaves"][0]
        row["leaf"] = row["leaf"].replace('"recomputed":false', '"recomputed":true')

    def other_document(found: dict[str, Any], members: dict[str, bytes]) -> None:
        members["documents/1.pdf"] = b"%PDF another approval"

    def claims_masks(found: dict[str, Any], members: dict[str, bytes]) -> None:
        found["clips"][0]["masked"] = True

    expected = {
        swap_cameras: "segments", shift_time: "footage", flip: "footage", drop_fragment: "footage",
        other_leaf: "ledger", other_document: "ledger", claims_masks: "segments",
    }  # fmt: skip
    for change, step in expected.items():
        report = check(resealed(package, case.seal_signer, change), case.anchor())
        assert report.verdict is Verdict.FAIL, change.__name__
        assert failed(report)[0] == step, (change.__name__, report.lines("en"))


def test_tricks_with_the_archive(case: Case, package: bytes, tmp_path: Path) -> None:
    parts = parts_of(package)
    end = read_members(reader_of(package), len(package))[-1].end
    rewritten = tmp_path / "z.zip"
    with zipfile.ZipFile(rewritten, "w") as archive:  # the same members in another spelling
        for name, data in parts:
            archive.writestr(name, data)
    commented = bytearray(package)
    commented[-2:] = struct.pack("<H", 4)
    tricks = {
        "reordered": frame([parts[1], parts[0], *parts[2:]]),
        "twice": frame([parts[0], *parts]),
        "one more": frame([*parts[:-2], ("extra.txt", b"x"), *parts[-2:]]),
        "one less": frame(parts[1:]),
        "prepended": b"MZ" + package,
        "appended": package + b"\n",
        "between": package[:end] + b"hidden" + package[end:],
        "comment": bytes(commented) + b"note",
        "other spelling": rewritten.read_bytes(),
        "climbing name": package.replace(b"documents/1.pdf", b"../../../../pdf"),
        "empty": b"",
        "no archive": b"%PDF-1.7" * 100,
    }
    for name, data in tricks.items():
        report = check(data, case.anchor())
        assert report.verdict is Verdict.FAIL, name
        assert len(report.steps) == 9


def test_a_derived_clip_is_linked_to_its_original_and_holds_no_sample_of_it(case: Case, tmp_path: Path) -> None:
    blurred = tmp_path / "blurred.mp4"
    blurred.write_bytes(b"derived media " * 1000)
    order = case.order()
    clip = order.clips[0]
    (first, second) = case.recordings.segments(clip.camera, "main", clip.from_ns, clip.to_ns)
    made = tuple(
        DerivedMedia(
            blurred, record.id, "redaction", record.start_ns, record.end_ns, '{"blur":[[0,0,64,64]]}', "Li", case.end_ns
        )
        for record in (first, second)
    )
    package = build_package(
        case.recordings,
        replace(order, clips=(replace(clip, masked=True, derived=made),)),
        case.seal_signer,
        tmp_path / "d.zip",
    )
    data = package.path.read_bytes()
    assert check(data, case.anchor()).verdict is Verdict.PASS
    names = [name for name, _ in parts_of(data)]
    assert names[:2] == ["derived/0001.mp4", "derived/0002.mp4"]
    assert not [name for name in names if name.startswith("media/")]
    original = case.recordings.path(first).read_bytes()
    assert original[first.init_bytes : first.init_bytes + 64] not in data

    def link_elsewhere(found: dict[str, Any], members: dict[str, bytes]) -> None:
        found["clips"][0]["derived"][0]["leaf"] = found["clips"][0]["derived"][1]["leaf"]

    assert failed(check(resealed(data, case.seal_signer, link_elsewhere), case.anchor()))[0] == "segments"
    altered = bytearray(data)
    altered[200] ^= 1
    report = check(bytes(altered), case.anchor())
    assert failed(report) == ["documents"]
    assert report.altered is not None
    assert report.altered.file == "derived/0001.mp4"
