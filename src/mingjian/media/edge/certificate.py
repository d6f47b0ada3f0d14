"""A self-signed certificate, so that an edge that listens beyond loopback never speaks in the clear by default."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
from collections.abc import Sequence
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from mingjian.files.whole import replace_file
from mingjian.kernel.clock import NS_PER_S, Clock
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text

_VALID = dt.timedelta(days=825)
_RENEW_BEFORE = dt.timedelta(days=30)
_BACKDATE = dt.timedelta(hours=1)


def is_loopback(host: str) -> bool:
    """Whether a server on `host` can be reached from this machine only."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def ensure_self_signed(keys: Path, hosts: Sequence[str], clock: Clock) -> tuple[Path, Path]:
    """(certificate, key) in the folder `keys` for `hosts` (names or addresses); made, or made anew 30 days before its end
    or when it names other hosts."""
    certificate, key = keys / "tls.crt", keys / "tls.key"
    now = dt.datetime.fromtimestamp(clock.now_ns() / NS_PER_S, dt.UTC)
    wanted = _names(hosts)
    if not _serves(certificate, key, wanted, now):
        _make(certificate, key, wanted, now)
    return certificate, key


def tls_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """The server's TLS: 1.2 and later. Raises MingjianError `bad_certificate` naming the file."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        words = error.strerror or type(error).__name__
        raise MingjianError(
            "bad_certificate",
            Text(
                zh=f"无法使用 TLS 证书 {certificate} 和密钥 {key}：{words}",
                en=f"the TLS certificate {certificate} with the key {key} cannot be used: {words}",
            ),
            fault=Fault.USER,
            field="tls-cert",
            remedy=Text(zh="请给出 PEM 格式且配套的证书和密钥", en="give a certificate and its key in PEM form"),
        ) from error
    return context


def _names(hosts: Sequence[str]) -> list[x509.GeneralName]:
    names: list[x509.GeneralName] = []
    for host in dict.fromkeys([*hosts, "localhost", "127.0.0.1", "::1"]):
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            names.append(x509.DNSName(host))
        else:
            if not address.is_unspecified:
                names.append(x509.IPAddress(address))
    return names


def _serves(certificate: Path, key: Path, wanted: list[x509.GeneralName], now: dt.datetime) -> bool:
    if not certificate.is_file() or not key.is_file():
        return False
    found = x509.load_pem_x509_certificate(certificate.read_bytes())
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return found.not_valid_after_utc - _RENEW_BEFORE > now and set(wanted) <= set(names)


def _make(certificate: Path, key: Path, names: list[x509.GeneralName], now: dt.datetime) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Mingjian")])
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BACKDATE)
        .not_valid_after(now + _VALID)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(private, hashes.SHA256())
    )
    replace_file(key, private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), 0o600)
    replace_file(certificate, built.public_bytes(Encoding.PEM), 0o644)
