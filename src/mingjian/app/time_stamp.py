"""RFC 3161 time stamps: the request over some bytes, and what an authority's answer is worth.

The answer is judged in full before anybody rests on it (2.2, 2.4.2): granted, over these bytes by SHA-256, with the nonce
that was asked with, signed by a certificate for time stamping and nothing less (2.3), whose chain ends in the CA given.
Certificates are judged as of the time vouched for, so a token outlives them; whether one was revoked is not asked.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import rfc3161_client as tsp
from cryptography import x509

from mingjian.app.der_order import with_sorted_certificates
from mingjian.kernel.clock import NS_PER_S
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text

SHA256 = x509.ObjectIdentifier("2.16.840.1.101.3.4.2.1")
MAX_TOKEN_BYTES = 64 << 10
_STATUS = {
    1: "grantedWithMods", 2: "rejection", 3: "waiting", 4: "revocationWarning", 5: "revocationNotification",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TimeStamp:
    """What was vouched for: the bytes existed at `time_ns`, give or take `accuracy_s` when the authority says so."""

    time_ns: int
    accuracy_s: float | None
    authority: str
    serial: str


def request_over(content: bytes) -> tuple[bytes, int]:
    """The DER of a TimeStampReq over the bytes, with certReq, and its nonce (64 random bits)."""
    made = tsp.TimestampRequestBuilder().data(content).hash_algorithm(tsp.HashAlgorithm.SHA256).build()
    assert made.nonce is not None
    return made.as_bytes(), made.nonce


def read_ca(path: Path, field: str) -> list[x509.Certificate]:
    """The certificates of a PEM file. Raises MingjianError `tsa_ca_unreadable` naming `field`."""
    try:
        return x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError) as error:
        raise MingjianError(
            "tsa_ca_unreadable",
            Text(
                zh=f"时间戳机构的 CA 证书 {path} 无法读取", en=f"the authority's CA certificate {path} cannot be read"
            ),
            fault=Fault.USER,
            field=field,
            remedy=Text(zh="请给出 PEM 格式的根证书文件", en="give its root certificate as a PEM file"),
            detail=str(error),
        ) from error


def judge(answer: bytes, content: bytes, roots: list[x509.Certificate], nonce: int | None = None) -> TimeStamp:
    """What a TimeStampResp vouches for `content`; `nonce` is the request's, None where it is not known any more.

    Raises MingjianError: `tsa_no_token` (not an answer of the kind), `tsa_refused`, `stamp_other_bytes`,
    `stamp_other_nonce`, `stamp_wrong_ca`, `stamp_wrong_purpose`, `stamp_altered`. All are the authority's fault but
    `stamp_wrong_ca`, where either it or the CA given is not the right one.
    """
    try:
        told = tsp.decode_timestamp_response(with_sorted_certificates(answer))
        if told.status != 0:
            raise _refused(told)
        info = told.tst_info
        imprint = info.message_imprint
    except ValueError as error:
        raise _wrong("tsa_no_token", "返回的内容不是时间戳", "what it gave is no time stamp", str(error)) from error
    if imprint.hash_algorithm != SHA256 or imprint.message != hashlib.sha256(content).digest():
        raise _wrong("stamp_other_bytes", "时间戳不是针对这份内容的", "the token is over other bytes")
    if nonce is not None and info.nonce != nonce:
        raise _wrong(
            "stamp_other_nonce",
            "时间戳的随机数不符，可能是旧的应答",
            "the nonce is another one: an old answer, perhaps",
        )
    try:
        tsp.VerifierBuilder(roots=roots).build().verify_message(told, content)
    except (tsp.VerificationError, ValueError) as error:
        raise _not_verified(str(error)) from error
    accuracy = info.accuracy
    return TimeStamp(
        int(info.gen_time.timestamp()) * NS_PER_S + info.gen_time.microsecond * 1000,
        None if accuracy is None else _seconds(accuracy),
        _signer(told),
        str(info.serial_number),
    )


def _seconds(accuracy: tsp.Accuracy) -> float:
    return (accuracy.seconds or 0) + (accuracy.millis or 0) / 1e3 + (accuracy.micros or 0) / 1e6


def _signer(told: tsp.TimeStampResponse) -> str:
    """The subject of the certificate that signed; the verifier has found exactly one."""
    (signer,) = told.signed_data.signer_infos
    for der in told.signed_data.certificates:
        one = x509.load_der_x509_certificate(der)
        if (one.issuer, one.serial_number) == (signer.issuer, signer.serial_number):
            return one.subject.rfc4514_string()
    return signer.issuer.rfc4514_string()


def _refused(told: tsp.TimeStampResponse) -> MingjianError:
    why = "; ".join([_STATUS.get(told.status, str(told.status)), *told.status_string])
    return _wrong("tsa_refused", f"时间戳机构没有照办：{why}", f"the authority did not grant it: {why}")


def _not_verified(detail: str) -> MingjianError:
    if "EKU" in detail or "certificate purpose" in detail:
        return _wrong(
            "stamp_wrong_purpose",
            "签名证书不是专用于时间戳的（扩展密钥用途）",
            "the signing certificate is not one for time stamping (extended key usage)",
            detail,
        )
    if "certificate verify error" in detail:
        why = detail.partition("Verify error:")[2].split('"')[0].strip()
        return MingjianError(
            "stamp_wrong_ca",
            Text(
                zh=f"时间戳的签名证书不能由所给的 CA 证书验证（{why}）",
                en=f"the token's certificate does not lead to the CA given ({why})",
            ),
            fault=Fault.PEER,
            remedy=Text(
                zh="请向时间戳机构核对根证书，或检查所给的 CA 证书文件",
                en="ask the authority which root it has, and check the CA file given",
            ),
            detail=detail,
        )
    return _wrong("stamp_altered", "时间戳的签名不成立", "the token's signature does not hold", detail)


def _wrong(code: str, zh: str, en: str, detail: str | None = None) -> MingjianError:
    return MingjianError(
        code,
        Text(zh=zh, en=en),
        fault=Fault.PEER,
        remedy=Text(zh="请联系时间戳机构", en="ask those who run the authority"),
        detail=detail,
    )
