"""Basic and Digest authentication for RTSP, both sides (RFC 2617, RFC 7616, RFC 7617; RFC 2326 section 14).

Digest with MD5 or SHA-256, with and without qop=auth. A client prefers SHA-256 to MD5 to Basic.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass, field

_PARAMETER = re.compile(r'([A-Za-z0-9_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))')
_SCHEME = re.compile(r"(?:^|,)\s*(Basic|Digest)(?=\s|$)", re.IGNORECASE)
_HASHES = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}
_MAX_HEADER = 4096


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user name and password; the password never shows in a representation."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Challenge:
    """One challenge of a WWW-Authenticate header. `algorithm` is MD5 or SHA-256 for Digest, empty for Basic."""

    scheme: str  # "basic" or "digest"
    realm: str = ""
    nonce: str = ""
    opaque: str | None = None
    algorithm: str = ""
    qop_auth: bool = False
    stale: bool = False


def parse_challenges(values: list[str]) -> list[Challenge]:
    """Every usable challenge of the WWW-Authenticate headers, the strongest first; unknown ones are passed over."""
    found = [challenge for value in values for challenge in _challenges(value[:_MAX_HEADER])]
    strength = {"SHA-256": 0, "MD5": 1, "": 2}
    return sorted(found, key=lambda challenge: strength[challenge.algorithm])


def _challenges(value: str) -> list[Challenge]:
    starts = list(_SCHEME.finditer(value))
    out = []
    for index, match in enumerate(starts):
        stop = starts[index + 1].start() if index + 1 < len(starts) else len(value)
        parameters = _parameters(value[match.end() : stop])
        if match[1].lower() == "basic":
            out.append(Challenge("basic", realm=parameters.get("realm", "")))
            continue
        algorithm = parameters.get("algorithm", "MD5").upper()
        if algorithm not in _HASHES or "nonce" not in parameters:
            continue
        qops = [word.strip().lower() for word in parameters.get("qop", "").split(",") if word.strip()]
        if qops and "auth" not in qops:
            continue  # auth-int alone: no camera, and RTSP says nothing about what the body would be
        out.append(
            Challenge(
                "digest",
                realm=parameters.get("realm", ""),
                nonce=parameters["nonce"],
                opaque=parameters.get("opaque"),
                algorithm=algorithm,
                qop_auth=bool(qops),
                stale=parameters.get("stale", "").lower() == "true",
            )
        )
    return out


def _parameters(text: str) -> dict[str, str]:
    out: dict[str, str] = {}
    for match in _PARAMETER.finditer(text):
        quoted, bare = match[2], match[3]
        out.setdefault(match[1].lower(), bare if quoted is None else re.sub(r"\\(.)", r"\1", quoted))
    return out


def authorization(
    challenge: Challenge, credentials: Credentials, method: str, url: str, count: int, cnonce: str
) -> str:
    """The Authorization header for one request. `count` is how often this nonce was used, from 1; `cnonce` ours."""
    if challenge.scheme == "basic":
        pair = f"{credentials.user}:{credentials.password}".encode()
        return f"Basic {base64.b64encode(pair).decode()}"
    count_hex = f"{count:08x}"
    response = _digest(challenge, credentials, method, url, count_hex, cnonce)
    parts = [
        f'username="{_quote(credentials.user)}"',
        f'realm="{_quote(challenge.realm)}"',
        f'nonce="{_quote(challenge.nonce)}"',
        f'uri="{_quote(url)}"',
        f'response="{response}"',
    ]
    if challenge.algorithm != "MD5":
        parts.append(f"algorithm={challenge.algorithm}")  # old cameras choke on an explicit MD5
    if challenge.opaque is not None:
        parts.append(f'opaque="{_quote(challenge.opaque)}"')
    if challenge.qop_auth:
        parts.append(f'qop=auth, nc={count_hex}, cnonce="{_quote(cnonce)}"')
    return "Digest " + ", ".join(parts)


def format_challenge(challenge: Challenge) -> str:
    """The WWW-Authenticate header of a server."""
    if challenge.scheme == "basic":
        return f'Basic realm="{_quote(challenge.realm)}"'
    parts = [f'realm="{_quote(challenge.realm)}"', f'nonce="{_quote(challenge.nonce)}"']
    if challenge.opaque is not None:
        parts.append(f'opaque="{_quote(challenge.opaque)}"')
    if challenge.algorithm != "MD5":
        parts.append(f"algorithm={challenge.algorithm}")
    if challenge.qop_auth:
        parts.append('qop="auth"')
    if challenge.stale:
        parts.append("stale=true")
    return "Digest " + ", ".join(parts)


def check_authorization(value: str, challenge: Challenge, credentials: Credentials, method: str) -> bool:
    """Whether an Authorization header answers our challenge. Compares in constant time.

    The URI inside is the client's word (RFC 7616 3.4.6 asks to compare it; RTSP clients differ in slashes and ports, and
    the nonce is ours), so it is taken as given.
    """
    scheme, _, rest = value[:_MAX_HEADER].strip().partition(" ")
    if scheme.lower() != challenge.scheme:
        return False
    if challenge.scheme == "basic":
        expected = authorization(challenge, credentials, method, "", 1, "").partition(" ")[2]
        return hmac.compare_digest(rest.strip().encode(), expected.encode())
    given = _parameters(rest)
    if given.get("username") != credentials.user or given.get("nonce") != challenge.nonce:
        return False
    used = Challenge(
        "digest",
        realm=challenge.realm,
        nonce=challenge.nonce,
        algorithm=challenge.algorithm,
        qop_auth=given.get("qop", "").lower() == "auth",
    )
    expected = _digest(used, credentials, method, given.get("uri", ""), given.get("nc", ""), given.get("cnonce", ""))
    return hmac.compare_digest(expected.encode(), given.get("response", "").lower().encode())


def _digest(challenge: Challenge, credentials: Credentials, method: str, url: str, nc: str, cnonce: str) -> str:
    # RFC 7616 3.4.1; without qop the older form of RFC 2069, kept by RFC 2617 3.2.2.1.
    new = _HASHES[challenge.algorithm]

    def hashed(text: str) -> str:
        return new(text.encode("utf-8", "surrogateescape")).hexdigest()

    first = hashed(f"{credentials.user}:{challenge.realm}:{credentials.password}")
    second = hashed(f"{method}:{url}")
    if challenge.qop_auth:
        return hashed(f"{first}:{challenge.nonce}:{nc}:{cnonce}:auth:{second}")
    return hashed(f"{first}:{challenge.nonce}:{second}")


def _quote(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\r", " ").replace("\n", " ")
