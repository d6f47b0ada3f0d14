"""A real time-stamping authority: certificates of its own, `openssl ts -reply` for the answers, HTTP on loopback."""

from __future__ import annotations

import datetime as dt
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_CONFIG = """[tsa]
default_tsa=one
[one]
serial={folder}/serial
default_policy=1.2.3.4.1
digests=sha256
signer_digest=sha256
accuracy=secs:1, millisecs:500
ess_cert_id_alg=sha256
"""


@dataclass(frozen=True)
class Identity:
    """A certificate with its key, in files."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey
    pem: Path
    key_pem: Path

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)


def identity(
    folder: Path, name: str, issuer: Identity | None = None, *, usage: str | None = None, like: Identity | None = None
) -> Identity:
    """A CA, or with `usage` ("timeStamping", "codeSigning") a certificate for that; `like` lends key and serial."""
    key = ec.generate_private_key(ec.SECP256R1()) if like is None else like.key
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if issuer is None else issuer.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number() if like is None else like.certificate.serial_number)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(usage is None, None), critical=True)
    )
    if usage is not None:
        kind = {"timeStamping": ExtendedKeyUsageOID.TIME_STAMPING, "codeSigning": ExtendedKeyUsageOID.CODE_SIGNING}
        builder = builder.add_extension(x509.ExtendedKeyUsage([kind[usage]]), critical=True)
    certificate = builder.sign(key if issuer is None else issuer.key, hashes.SHA256())
    made = Identity(certificate, key, folder / f"{name}{usage or ''}.pem", folder / f"{name}{usage or ''}.key")
    made.pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    made.key_pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return made


class Authority:
    """Root, intermediate and signer; `change` alters an answer, `status` other than 200 is sent without one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = identity(folder, "root")
        self.middle = identity(folder, "middle", self.root)
        self.signer = identity(folder, "signer", self.middle, usage="timeStamping")
        (folder / "ts.cnf").write_text(_CONFIG.format(folder=folder))
        (folder / "serial").write_text("41\n")
        self.change: Callable[[bytes], bytes] = lambda answer: answer
        self.status = 200
        self.asked: list[bytes] = []
        authority = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                assert self.headers["Content-Type"] == "application/timestamp-query"
                authority.asked.append(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(authority.status)
                if authority.status == 200:
                    answer = authority.change(authority.reply(authority.asked[-1]))
                    self.send_header("Content-Type", "application/timestamp-reply")
                    self.send_header("Content-Length", str(len(answer)))
                    self.end_headers()
                    self.wfile.write(answer)
                else:
                    self.send_header("Location", "http://127.0.0.1:1/")
                    self.send_header("Content-Length", "0")
                    self.end_headers()

            def log_message(self, *arguments: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/tsr"

    def reply(self, query: bytes) -> bytes:
        """What openssl answers."""
        (self.folder / "query").write_bytes(query)
        arguments = ["-signer", self.signer.pem, "-inkey", self.signer.key_pem, "-chain", self.middle.pem]
        query_file, config = self.folder / "query", self.folder / "ts.cnf"
        subprocess.run(
            ["openssl", "ts", "-reply", "-config", config, "-queryfile", query_file, *arguments, "-out",
             self.folder / "answer"],
            check=True, capture_output=True,
        )  # fmt: skip
        return (self.folder / "answer").read_bytes()

    def holds(self, token: Path, content: Path) -> bool:
        """What `openssl ts -verify` says of a token."""
        return (
            subprocess.run(
                ["openssl", "ts", "-verify", "-data", content, "-in", token, "-CAfile", self.root.pem],
                capture_output=True, check=False,
            ).returncode
            == 0
        )  # fmt: skip

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
