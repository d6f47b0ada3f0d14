"""Journal lines survive the way there and back; any damage is noticed."""

from hypothesis import given
from hypothesis import strategies as st

from mingjian.media.store.journal import BadLine, decode, decode_line, encode_line

values = st.one_of(st.none(), st.booleans(), st.integers(-(2**53) + 1, 2**53 - 1), st.text(max_size=20))
entries = st.dictionaries(st.sampled_from(["t", "camera", "reason", "person", "bytes"]), values, min_size=1).flatmap(
    lambda entry: st.integers(0, 2**63).map(lambda at_ns: {**entry, "at_ns": at_ns})
)


@given(entries)
def test_what_is_written_is_read(entry: dict) -> None:
    line = encode_line(entry)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert decode_line(line) == entry


@given(entries, st.data())
def test_a_changed_byte_never_passes(entry: dict, data: st.DataObject) -> None:
    line = bytearray(encode_line(entry))
    at = data.draw(st.integers(0, len(line) - 2))
    old = line[at]
    line[at] = data.draw(st.integers(0, 255).filter(lambda value: value != old))
    read = decode_line(bytes(line))
    assert read is None or (at < 8 and read == entry)  # the checksum's letters may change case


@given(st.lists(entries, max_size=5), st.integers(0, 400))
def test_a_cut_file_gives_every_whole_line(listed: list[dict], cut: int) -> None:
    data = b"".join(map(encode_line, listed))
    read = [entry for entry in decode(data[:cut]) if not isinstance(entry, BadLine)]
    assert read == listed[: len(read)]
    assert len(read) == data[:cut].count(b"\n")


@given(st.binary(max_size=200))
def test_garbage_is_marked_and_never_crashes(data: bytes) -> None:
    for entry in decode(data):
        assert isinstance(entry, BadLine | dict)
