"""Fragmented MP4 (ISO/IEC 14496-12): our segment file, built as buffers and read back as values. Pure.

`build` makes init segments, fragments, leaf boxes and the closing index; `read` finds them again in bytes or behind a
pread-like callable; `order` derives decoding times from presentation times. Layout: docs/architecture.md, "The segment
file".
"""
