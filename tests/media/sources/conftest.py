"""Peers for the sources: GStreamer's server, pictures made by ffmpeg."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

PEERS = Path(__file__).parents[2] / "peers"


@contextmanager
def _gst(*arguments: str) -> Iterator[int]:
    with subprocess.Popen(
        ["/usr/bin/python3", str(PEERS / "gst_rtsp_server.py"), *arguments], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line, (
                "GStreamer's RTSP server did not start: are python3-gi and gir1.2-gst-rtsp-server-1.0 installed?"
            )
            yield int(json.loads(line)["port"])
        finally:
            process.kill()


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four seconds of H.264 in Matroska, with B-frames and several slices."""
    path = tmp_path_factory.mktemp("clip") / "clip.mkv"
    subprocess.run(
        [
            *("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25:duration=4"),
            *("-c:v", "libx264", "-g", "25", "-bf", "2", "-slices", "3", "-x264-params", "repeat-headers=1"),
            str(path),
        ],
        check=True,
    )
    return path


@pytest.fixture(scope="session")
def gst_port(clip: Path) -> Iterator[int]:
    """The port of GStreamer's server with all mounts."""
    with _gst(str(clip)) as port:
        yield port


@pytest.fixture
def gst_with_password() -> Iterator[Callable[[str, str], int]]:
    """Starts a server that demands Digest."""
    with ExitStack() as stack:
        yield lambda user, password: stack.enter_context(_gst("-", user, password))


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=camera",
            "-keyout",
            str(key),
            "-out",
            str(cert),
        ],
        check=True,
        capture_output=True,
    )
    return cert, key
