"""A signing key that never leaves its token: PKCS#11 v3.0 with EdDSA (RFC 8032 Ed25519), named by a URI (RFC 7512).

    pkcs11:token=mingjian;object=ledger?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:/etc/mingjian/pin

The key file of the folder then holds a reference instead of a key: `PKCS11+KEY+PUBLIC URI`. The public key is in it, so
that reading and checking need no token. The PIN lies in a file that is its owner's alone; a PIN in the URI is refused,
since the URI is shown and stored. SM2 has no mechanism in the standard, so a token's suite is ed25519.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.ledger.note import PublicKey

if TYPE_CHECKING:
    from collections.abc import Callable

    from pkcs11 import Session

REFERENCE = "PKCS11+KEY+"
_CURVE = bytes.fromhex("130c") + b"edwards25519"  # PKCS#11 v3.0 2.3.5: CKA_EC_PARAMS as a PrintableString
_TOKENS = threading.Lock()
"""A PKCS#11 library has one state for the process; whoever begins it anew must be alone."""
_REFUSED_PINS: dict[str, str] = {}
"""Of each token the PIN it refused: it is not shown again, since tokens lock after a few tries."""


@dataclass(frozen=True, slots=True)
class TokenUri:
    """Where a key lies. `pin_file` is None for a token that asks no PIN."""

    module: Path
    token: str
    label: str
    pin_file: Path | None

    @classmethod
    def parse(cls, text: str) -> TokenUri:
        """Of RFC 7512's form. Raises MingjianError `bad_token_uri` with what is missing."""
        scheme, _, rest = text.strip().partition(":")
        path, _, query = rest.partition("?")
        pairs = _pairs(path, ";") | _pairs(query, "&")
        if scheme != "pkcs11":
            raise _bad_uri("应以 pkcs11: 开头", "it begins with pkcs11:")
        if "pin-value" in pairs:
            raise _bad_uri("不能把 PIN 写进地址，请用 pin-source=file:路径", "no PIN in it: use pin-source=file:PATH")
        unknown = sorted(set(pairs) - {"token", "object", "type", "module-path", "pin-source"})
        if unknown:
            raise _bad_uri(f"不认识的属性 {unknown[0]}", f"the attribute {unknown[0]} is not known here")
        for name in ("token", "object", "module-path"):
            if not pairs.get(name):
                raise _bad_uri(f"缺少 {name}", f"{name} is missing")
        pin = pairs.get("pin-source", "")
        return cls(
            Path(pairs["module-path"]),
            pairs["token"],
            pairs["object"],
            Path(pin.removeprefix("file:").removeprefix("//")) if pin else None,
        )


@dataclass(eq=False, slots=True, repr=False)
class TokenSigner:
    """A note.Signer whose private key answers from a token; its session stays open between two checkpoints."""

    public: PublicKey
    uri: str
    read_pin: Callable[[Path], str]
    _session: Session | None = None

    def sign(self, message: bytes) -> bytes:
        """64 bytes. Raises MingjianError `token_unreachable`, `token_pin_refused`, `token_refuses`, `other_token_key`."""
        with _TOKENS:
            try:
                if self._session is not None:
                    return self._signed(self._session, message)
            except MingjianError:
                self._session = (
                    None  # taken out and put in again, or its service was restarted: once more from the start
                )
            session = _open(TokenUri.parse(self.uri), self.read_pin, writable=False)
            signature = self._signed(session, message)
            if not self.public.verify(message, signature):
                raise MingjianError(
                    "other_token_key",
                    Text(zh="令牌里的密钥不是账本登记的那一把", en="the token's key is not the one the ledger knows"),
                    fault=Fault.ENVIRONMENT,
                    field="ledger.key",
                    remedy=Text(
                        zh="请插入原来的令牌；若已换密钥，请运行 mingjian ledger rotate",
                        en="insert the token of before; for another key, run mingjian ledger rotate",
                    ),
                )
            self._session = session
            return signature

    def reference(self) -> str:
        """The line of the key file."""
        return f"{REFERENCE}{self.public.encode()} {self.uri}\n"

    def _signed(self, session: Session, message: bytes) -> bytes:
        import pkcs11

        uri = TokenUri.parse(self.uri)
        try:
            key: Any = session.get_key(pkcs11.ObjectClass.PRIVATE_KEY, pkcs11.KeyType.EC_EDWARDS, uri.label)
            return bytes(key.sign(message, mechanism=pkcs11.Mechanism.EDDSA))
        except pkcs11.PKCS11Error as error:
            raise _refuses(uri, error) from error


def signer_of(reference: str, read_pin: Callable[[Path], str]) -> TokenSigner:
    """The signer of a key file's line. Raises ValueError for a line that is none, MingjianError for what is in it."""
    public, _, uri = reference.strip().removeprefix(REFERENCE).partition(" ")
    TokenUri.parse(uri)
    return TokenSigner(PublicKey.decode(public), uri, read_pin)


def find_key(name: str, uri: str, read_pin: Callable[[Path], str], *, generate: bool) -> TokenSigner:
    """The key at `uri`, made there first when `generate`. Raises what `TokenSigner.sign` raises, `token_key_exists`."""
    import pkcs11

    where = TokenUri.parse(uri)
    with _TOKENS:
        session = _open(where, read_pin, writable=generate)
        try:
            if generate:
                _generate(session, where.label)
            key: Any = session.get_key(pkcs11.ObjectClass.PUBLIC_KEY, pkcs11.KeyType.EC_EDWARDS, where.label)
            point = bytes(key[pkcs11.Attribute.EC_POINT])
        except pkcs11.PKCS11Error as error:
            raise _refuses(where, error) from error
        finally:
            session.close()
    signer = TokenSigner(PublicKey(name, "ed25519", point[-32:]), uri, read_pin)
    signer.sign(b"mingjian: a key that is to sign checkpoints can sign\n")
    return signer


def _generate(session: Session, label: str) -> None:
    import pkcs11

    if any(True for _ in session.get_objects({pkcs11.Attribute.LABEL: label})):
        raise MingjianError(
            "token_key_exists",
            Text(zh=f"令牌里已有名为 {label} 的对象", en=f"the token has an object named {label} already"),
            fault=Fault.USER,
            field="--token",
            remedy=Text(
                zh="请换一个 object 名称，或去掉 --generate", en="choose another object, or leave --generate out"
            ),
        )
    parameters = session.create_domain_parameters(
        pkcs11.KeyType.EC_EDWARDS, {pkcs11.Attribute.EC_PARAMS: _CURVE}, local=True
    )
    parameters.generate_keypair(mechanism=pkcs11.Mechanism.EC_EDWARDS_KEY_PAIR_GEN, store=True, label=label)


def _open(uri: TokenUri, read_pin: Callable[[Path], str], *, writable: bool) -> Session:
    """A session of the token, logged in. The library is loaded once a process and stays."""
    import pkcs11

    pin = None if uri.pin_file is None else read_pin(uri.pin_file)
    try:
        library = pkcs11.lib(str(uri.module))
        try:
            token = library.get_token(token_label=uri.token)
        except pkcs11.PKCS11Error:
            library.reinitialize()  # some libraries see only the tokens that were there when they began
            token = library.get_token(token_label=uri.token)
        if pin is not None and _REFUSED_PINS.get(uri.token) == pin:
            raise _pin_refused(uri)
        return _login(token, pin, writable=writable)
    except (pkcs11.PinIncorrect, pkcs11.PinInvalid, pkcs11.PinLenRange) as error:
        _REFUSED_PINS[uri.token] = pin or ""
        raise _pin_refused(uri) from error
    except (pkcs11.PKCS11Error, RuntimeError, OSError) as error:
        raise _unreachable(uri, error) from error


def _login(token: Any, pin: str | None, *, writable: bool) -> Session:
    import pkcs11

    try:
        session: Session = token.open(rw=writable, user_pin=pin)
    except pkcs11.UserAlreadyLoggedIn:  # another key of ours lies in the same token
        session = token.open(rw=writable)
    return session


def _pairs(text: str, separator: str) -> dict[str, str]:
    found = (one.partition("=") for one in text.split(separator) if one)
    return {name: unquote(value) for name, _, value in found}


def _bad_uri(zh: str, en: str) -> MingjianError:
    return MingjianError(
        "bad_token_uri",
        Text(zh=f"令牌地址有误：{zh}", en=f"the token's URI is wrong: {en}"),
        fault=Fault.USER,
        field="--token",
        remedy=Text(
            zh="形如 pkcs11:token=名称;object=密钥名?module-path=/路径/库.so&pin-source=file:/路径/pin",
            en="like pkcs11:token=NAME;object=KEY?module-path=/path/library.so&pin-source=file:/path/pin",
        ),
    )


def _unreachable(uri: TokenUri, error: Exception) -> MingjianError:
    return MingjianError(
        "token_unreachable",
        Text(
            zh=f"无法打开签名令牌“{uri.token}”（{type(error).__name__}）",
            en=f"the signing token “{uri.token}” cannot be opened ({type(error).__name__})",
        ),
        fault=Fault.ENVIRONMENT,
        field="ledger.key",
        remedy=Text(
            zh=f"请检查令牌已插入、{uri.module} 可读；在此之前不签发新的检查点",
            en=f"check that the token is in and {uri.module} is readable; nothing is signed until then",
        ),
        detail=str(error),
    )


def _pin_refused(uri: TokenUri) -> MingjianError:
    return MingjianError(
        "token_pin_refused",
        Text(zh=f"令牌“{uri.token}”不接受该 PIN", en=f"the token “{uri.token}” refuses the PIN"),
        fault=Fault.ENVIRONMENT,
        field="pin-source",
        remedy=Text(
            zh=f"请改正 {uri.pin_file} 的内容；同一 PIN 不会再试，以免令牌被锁",
            en=f"put the right one into {uri.pin_file}; the same PIN is not tried again, so that the token does not lock",
        ),
    )


def _refuses(uri: TokenUri, error: Exception) -> MingjianError:
    return MingjianError(
        "token_refuses",
        Text(
            zh=f"令牌“{uri.token}”不能用密钥“{uri.label}”签名（{type(error).__name__}）",
            en=f"the token “{uri.token}” does not sign with the key “{uri.label}” ({type(error).__name__})",
        ),
        fault=Fault.ENVIRONMENT,
        field="ledger.key",
        remedy=Text(
            zh="请确认令牌里有这把 Ed25519 密钥，且允许签名",
            en="see that the token has this Ed25519 key and lets it sign",
        ),
        detail=str(error),
    )
