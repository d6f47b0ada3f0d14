"""The Transport header (RFC 2326 12.39)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TransportSpec:
    """One transport. `interleaved` are channels, the ports UDP ports; the second of a pair is RTCP's."""

    tcp: bool
    multicast: bool = False
    interleaved: tuple[int, int] | None = None
    client_port: tuple[int, int] | None = None
    server_port: tuple[int, int] | None = None
    source: str | None = None
    ssrc: int | None = None
    mode: str | None = None


def format_transport(spec: TransportSpec) -> str:
    """The header's value."""
    parts = ["RTP/AVP/TCP" if spec.tcp else "RTP/AVP", "multicast" if spec.multicast else "unicast"]
    for name, pair in (
        ("interleaved", spec.interleaved),
        ("client_port", spec.client_port),
        ("server_port", spec.server_port),
    ):
        if pair is not None:
            parts.append(f"{name}={pair[0]}-{pair[1]}")
    if spec.source is not None:
        parts.append(f"source={spec.source}")
    if spec.ssrc is not None:
        parts.append(f"ssrc={spec.ssrc:08X}")
    if spec.mode is not None:
        parts.append(f"mode={spec.mode}")
    return ";".join(parts)


def parse_transports(value: str) -> list[TransportSpec]:
    """Every RTP/AVP transport of a header, in the peer's order of preference; others are passed over."""
    return [spec for spec in map(_parse_one, value.split(",")) if spec is not None]


def _parse_one(text: str) -> TransportSpec | None:
    parts = [part.strip() for part in text.split(";")]
    profile = parts[0].upper()
    if profile not in ("RTP/AVP", "RTP/AVP/UDP", "RTP/AVP/TCP"):
        return None
    values: dict[str, str] = {}
    for part in parts[1:]:
        key, _, value = part.partition("=")
        values.setdefault(key.strip().lower(), value.strip().strip('"'))
    interleaved = _pair(values.get("interleaved"), 255)
    return TransportSpec(
        # Some servers answer "RTP/AVP;interleaved=0-1": the channels tell what they mean.
        tcp=profile.endswith("TCP") or interleaved is not None,
        multicast="multicast" in values,
        interleaved=interleaved,
        client_port=_pair(values.get("client_port"), 65535),
        server_port=_pair(values.get("server_port"), 65535),
        source=values.get("source") or None,
        ssrc=_hex(values.get("ssrc")),
        mode=values.get("mode") or None,
    )


def _pair(text: str | None, limit: int) -> tuple[int, int] | None:
    if text is None:
        return None
    first, _, second = text.partition("-")
    first, second = first.strip(), second.strip()
    if not (first.isascii() and first.isdigit() and len(first) <= 5):
        return None
    low = int(first)
    high = int(second) if second.isascii() and second.isdigit() and len(second) <= 5 else min(low + 1, limit)
    return (low, high) if low <= limit and high <= limit else None


def _hex(text: str | None) -> int | None:
    if text is None or not text or len(text) > 8 or any(char not in "0123456789abcdefABCDEF" for char in text):
        return None
    return int(text, 16)
