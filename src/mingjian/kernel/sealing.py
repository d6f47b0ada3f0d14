"""Secrets at rest: AES-256-GCM under the data folder's key, bound to the name of what they belong to.

A sealed text is `v1.` and base64url of nonce (12 bytes), ciphertext and tag. The context (such as "camera/ID/main") is
authenticated, so that a sealed URL copied to another camera does not open.
"""

from __future__ import annotations

import base64
import binascii
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text

KEY_BYTES = 32
_PREFIX = "v1."


def new_key() -> bytes:
    """A fresh key of 32 bytes."""
    return secrets.token_bytes(KEY_BYTES)


def seal(key: bytes, context: str, secret: str) -> str:
    """Encrypt `secret` for `context`."""
    nonce = secrets.token_bytes(12)
    box = AESGCM(key).encrypt(nonce, secret.encode(), context.encode())
    return _PREFIX + base64.urlsafe_b64encode(nonce + box).decode()


def unseal(key: bytes, context: str, sealed: str) -> str:
    """The secret again. Raises MingjianError `unseal_failed` when key, context or text do not fit."""
    try:
        if not sealed.startswith(_PREFIX):
            raise ValueError("unknown version")
        raw = base64.urlsafe_b64decode(sealed[len(_PREFIX) :].encode())
        return AESGCM(key).decrypt(raw[:12], raw[12:], context.encode()).decode()
    except (InvalidTag, ValueError, binascii.Error) as error:
        raise MingjianError(
            "unseal_failed",
            Text(
                zh="无法解密保存的凭据：密钥文件与数据不匹配",
                en="a stored credential cannot be decrypted: the key file does not fit the data",
            ),
            fault=Fault.ENVIRONMENT,
            remedy=Text(zh="请恢复与此数据目录配套的 keys 目录", en="restore the keys folder of this data folder"),
        ) from error
