"""Files we build, judged by ffprobe and ffmpeg: every frame that went in comes out, in time."""

import hashlib
import json
import subprocess
from pathlib import Path

import pytest
from tests.media.footage import Footage, audio, frame_hashes, video

from mingjian.wire.fmp4.box import reader_of
from mingjian.wire.fmp4.build import TrackRun, build_fragment, build_init, build_leaf, build_mfra, build_prft
from mingjian.wire.fmp4.entries import TrackSpec, codec_string
from mingjian.wire.fmp4.order import DecodeClock, decode_times
from mingjian.wire.fmp4.read import parse_init, read_init, read_table, walk_fragments

START_NS = 1_764_000_000_123_456_789


def spec_of(footage: Footage, track_id: int) -> TrackSpec:
    return TrackSpec(
        track_id, footage.codec, footage.clock_rate, footage.config, footage.channels, footage.width, footage.height
    )


def groups(footage: Footage) -> list[list]:
    cut: list[list] = []
    for packet in footage.packets:
        if packet.keyframe:
            cut.append([])
        cut[-1].append(packet)
    return cut


def video_run(track_id: int, packets: list, end: int) -> TrackRun:
    times = decode_times([packet.pts for packet in packets])
    run = TrackRun(track_id, times[0])
    for packet, dts, following in zip(packets, times, [*times[1:], end], strict=True):
        run.add(packet.data, following - dts, key=packet.keyframe, offset=packet.pts - dts)
    return run


def build_file(path: Path, picture: Footage, sound: Footage | None) -> bytes:
    tracks = [spec_of(picture, 1)] + ([spec_of(sound, 2)] if sound else [])
    data = bytearray(build_init(tracks, b'{"camera":"c"}'))
    rows = []
    gops = groups(picture)
    audio_at = 0
    for index, gop in enumerate(gops, 1):
        end = gops[index][0].pts if index < len(gops) else gop[0].pts + 3600 * len(gop)
        runs = [video_run(1, gop, end)]
        if sound:
            zero = sound.packets[0].pts  # an encoder's priming lies before zero
            step = sound.packets[1].pts - zero
            run = TrackRun(2, sound.packets[audio_at].pts - zero if audio_at < len(sound.packets) else 0, video=False)
            limit = end * sound.clock_rate if index < len(gops) else 1 << 60
            while audio_at < len(sound.packets) and (sound.packets[audio_at].pts - zero) * 90_000 < limit:
                packet = sound.packets[audio_at]
                run.add(packet.data, step if sound.codec == "aac" else len(packet.data))
                audio_at += 1
            runs.append(run)
        buffers = build_fragment(index, runs, build_prft(1, START_NS + index, runs[0].base_time))
        offset = len(data)
        for buffer in buffers:
            data += buffer
        data += build_leaf("sha256", index, bytes(32))
        rows.append((offset, runs[0].base_time, end))
    init = parse_init(bytes(data))
    found = list(walk_fragments(reader_of(data), init.size, len(data), init))
    assert [fragment.offset for fragment in found] == [row[0] for row in rows]
    table = [fragment.row(init) for fragment in found]
    data += build_mfra(1, table)
    assert read_table(reader_of(data), len(data)) == table
    assert [row.start_ns for row in table] == [START_NS + index for index in range(1, len(rows) + 1)]
    path.write_bytes(data)
    return bytes(data)


def probe(path: Path) -> dict:
    done = subprocess.run(
        ["ffprobe", "-v", "error", "-show_streams", "-show_format", "-show_packets", "-of", "json", str(path)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert not done.stderr, done.stderr
    return json.loads(done.stdout)


def packet_hashes(path: Path) -> list[str]:
    done = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(path), "-map", "0:a", "-c", "copy", "-f", "framemd5", "-"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return [line.rsplit(",", 1)[1].strip() for line in done.stdout.splitlines() if not line.startswith("#")]


@pytest.mark.parametrize(("codec", "bframes"), [("h264", 0), ("h264", 3), ("h265", 0), ("h265", 2)])
def test_every_picture_comes_out_in_order_and_time(tmp_path: Path, codec: str, bframes: int) -> None:
    footage = video(codec, bframes=bframes)
    file = tmp_path / "out.mp4"
    build_file(file, footage, None)
    assert frame_hashes(file) == frame_hashes(footage.file)
    told = probe(file)
    stream = told["streams"][0]
    assert stream["codec_name"] == {"h264": "h264", "h265": "hevc"}[codec]
    assert (stream["width"], stream["height"]) == (320, 180)
    assert abs(float(told["format"]["duration"]) - 8) < 0.05
    packets = [packet for packet in told["packets"] if packet["stream_index"] == 0]
    dts = [int(packet["dts"]) for packet in packets]
    assert dts == sorted(set(dts))
    first = min(int(packet["pts"]) for packet in packets)
    shown = sorted(int(packet["pts"]) - first for packet in packets)
    assert shown == [3600 * index for index in range(len(footage.packets))]


@pytest.mark.parametrize(("codec", "name"), [("aac", "aac"), ("pcma", "pcm_alaw"), ("pcmu", "pcm_mulaw")])
def test_sound_beside_the_picture_is_read_by_ffprobe(tmp_path: Path, codec: str, name: str) -> None:
    file = tmp_path / "out.mp4"
    sound = audio(codec)
    build_file(file, video(), sound)
    told = probe(file)
    assert told["streams"][1]["codec_name"] == name
    assert int(told["streams"][1]["sample_rate"]) == sound.clock_rate
    if codec != "aac":  # ffprobe may split PCM differently: compare the bytes it decodes
        raw = subprocess.run(
            ["ffmpeg", "-v", "error", "-i", str(file), "-map", "0:a", "-c", "copy", "-f", name.removeprefix("pcm_"), "-"],
            check=True, capture_output=True,
        ).stdout  # fmt: skip
        assert raw == b"".join(packet.data for packet in sound.packets)
    else:
        assert packet_hashes(file) == [hashlib.md5(packet.data).hexdigest() for packet in sound.packets]


@pytest.mark.parametrize("codec", ["h264", "h265"])
def test_init_reads_back_what_was_written(codec: str) -> None:
    tracks = (spec_of(video(codec), 1), spec_of(audio("aac"), 2))
    init = parse_init(build_init(tracks, b'{"run":"r","sequence":3}'))
    assert init.tracks == tracks
    assert init.metadata == {"run": "r", "sequence": 3}
    assert init.codecs == ",".join(codec_string(track) for track in tracks)


def test_codec_strings_are_those_of_rfc_6381() -> None:
    main = TrackSpec(1, "h264", 90_000, (bytes.fromhex("674d401f"), b"\x68"))
    assert codec_string(main) == "avc1.4d401f"
    told = codec_string(spec_of(video("h265"), 1))
    assert told.startswith("hvc1.1.6.L")
    assert codec_string(spec_of(audio("aac"), 2)) == "mp4a.40.2"


def test_live_decode_clock_follows_the_reorder_depth() -> None:
    # decoding order I0 P3 B1 B2 P6 B4 B5 with one picture held back
    clock = DecodeClock(1, 10)
    shown = [0, 30, 10, 20, 60, 40, 50]
    times = [clock.next(pts) for pts in shown]
    assert times == [0, 10, 20, 30, 40, 50, 60]


def test_single_picture_fragments_play_as_one_stream(tmp_path: Path) -> None:
    footage = video("h264", bframes=3)
    clock = DecodeClock(2, 3600)
    data = bytearray(build_init([spec_of(footage, 1)]))
    for index, packet in enumerate(footage.packets, 1):
        dts = clock.next(packet.pts)
        run = TrackRun(1, dts)
        run.add(packet.data, 3600, key=packet.keyframe, offset=packet.pts - dts)
        for buffer in build_fragment(index, [run]):
            data += buffer
    file = tmp_path / "live.mp4"
    file.write_bytes(data)
    assert frame_hashes(file) == frame_hashes(footage.file)


def test_a_file_cut_anywhere_gives_all_fragments_before_the_cut(tmp_path: Path) -> None:
    file = tmp_path / "out.mp4"
    data = build_file(file, video(), None)
    init = read_init(reader_of(data), len(data))
    whole = list(walk_fragments(reader_of(data), init.size, len(data), init))
    assert len(whole) == 8
    cut = whole[4].offset + 100
    found = []
    with pytest.raises(Exception, match="damaged at byte"):
        found.extend(walk_fragments(reader_of(data[:cut]), init.size, cut, init))
    read = []
    walker = walk_fragments(reader_of(data[:cut]), init.size, cut, init)
    while len(read) < 4:
        read.append(next(walker))
    assert read == whole[:4]
