"""Signing in through an identity provider: OpenID Connect Core 1.0, authorization code flow with PKCE, by Authlib.

Nothing is asked of the provider before somebody presses the button. What it publishes about itself (Discovery 1.0) and
its keys are kept for an hour; a key that is not among them is asked for once more, since providers change their keys.
Only the ID token is used, and none of the provider's tokens is kept. Redirects, proxies of the environment and answers
over 1 MiB are not followed, asked or read. TLS is checked against `ca_file` where one is set.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import ExpiredTokenError, InvalidClaimError, JoseError
from joserfc.jwk import KeySet
from requests.adapters import HTTPAdapter

from mingjian.app.oidc_errors import clock_apart, unreachable, untrusted, wrong_client
from mingjian.app.settings import OidcSettings
from mingjian.kernel.clock import NS_PER_S, Clock
from mingjian.kernel.errors import MingjianError
from mingjian.ports.identity_provider import BegunSignIn, ProvedIdentity, sign_in_used_up

LEEWAY_S = 60
"""So far the clocks may be apart."""

_TIMEOUT_S = (5.0, 10.0)  # to connect, to wait for an answer
_KEPT_NS = 3600 * NS_PER_S
_KEYS_ANEW_NS = 30 * NS_PER_S  # not more often, whatever key is named
_MOST_BYTES = 1 << 20
_SCOPE = "openid profile email"
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
_WRONG_CLIENT = frozenset({"invalid_client", "unauthorized_client"})
_LONGEST_NAME = 128


@dataclass(slots=True)
class _Kept:
    """Something the provider publishes, and when it was asked for."""

    value: Any
    at_ns: int


@dataclass(slots=True)
class OidcProvider:
    """The port `IdentityProvider` over HTTP. `secret` is asked for when it is needed, so that a new one counts at once."""

    settings: OidcSettings
    secret: Callable[[], str] = field(repr=False)
    clock: Clock
    _kept: dict[str, _Kept] = field(default_factory=dict)

    @property
    def issuer(self) -> str:
        """As configured."""
        return self.settings.issuer

    @property
    def name(self) -> str:
        """As configured."""
        return self.settings.name

    @property
    def match(self) -> str:
        """As configured."""
        return self.settings.match

    @property
    def second_factor(self) -> frozenset[str]:
        """As configured."""
        return self.settings.second_factor

    def begin(self, redirect: str, language: str) -> BegunSignIn:
        """The address carries state, nonce and an S256 challenge; whoever is signed in there has to show himself anew."""
        about = self.about()
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        with self._client(redirect) as client:
            address, _ = client.create_authorization_url(
                about["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier,
                prompt="login", ui_locales="zh-CN zh" if language == "zh" else "en",
            )  # fmt: skip
        return BegunSignIn(address, state, nonce, verifier, redirect)

    def finish(self, begun: BegunSignIn, code: str, issuer: str | None) -> ProvedIdentity:
        """Exchange the code for the ID token and check it. Raises as the port says."""
        about = self.about()
        named = about.get("authorization_response_iss_parameter_supported", False)
        if (issuer is not None or named) and issuer != self.issuer:  # RFC 9207
            raise untrusted(f"the answer names the issuer {issuer!r}")
        tokens = self._exchange(about, begun, code)
        claims = self._claims(about, begun, tokens)
        subject = claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= 255:  # OpenID Connect Core 2
            raise untrusted("the subject is empty or longer than 255 characters")
        names = _names({**self._user_info(about, tokens, subject, claims), **claims})
        methods = {claims.get("acr"), *(claims.get("amr") or ())}
        return ProvedIdentity(self.issuer, subject, names, frozenset(item for item in methods if isinstance(item, str)))

    def leave(self, back: str) -> str:
        """RP-Initiated Logout 1.0, by client id: no ID token is kept for a hint."""
        try:
            address = self.about().get("end_session_endpoint")
        except MingjianError:
            return ""
        if not isinstance(address, str) or not self._allowed(address):
            return ""
        joint = "&" if urlsplit(address).query else "?"
        return address + joint + urlencode({"client_id": self.settings.client_id, "post_logout_redirect_uri": back})

    def about(self) -> Mapping[str, Any]:
        """What the provider says of itself, checked. Raises MingjianError oidc_unreachable, oidc_untrusted."""
        about = self._published("about", self.issuer.rstrip("/") + "/.well-known/openid-configuration", _KEPT_NS)
        if about.get("issuer") != self.issuer:  # Discovery 1.0, section 4.3
            raise untrusted(f"it calls itself {about.get('issuer')!r}, the setting says {self.issuer!r}", "issuer")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not isinstance(about.get(name), str) or not self._allowed(about[name]):
                raise untrusted(f"{name} is no https address: {about.get(name)!r}")
        return dict(about)

    def keys(self, *, not_older_ns: int = _KEPT_NS) -> KeySet:
        """The keys it signs with. Raises MingjianError oidc_unreachable, oidc_untrusted."""
        published = self._published("keys", self.about()["jwks_uri"], not_older_ns)
        try:
            return KeySet.import_key_set({"keys": published["keys"]})
        except (KeyError, TypeError, ValueError, JoseError) as error:
            raise untrusted(f"its keys cannot be read: {error}") from error

    def _exchange(self, about: Mapping[str, Any], begun: BegunSignIn, code: str) -> Mapping[str, Any]:
        methods = about.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        method = "client_secret_basic" if "client_secret_basic" in methods else "client_secret_post"
        try:
            with self._client(begun.redirect, method) as client:
                tokens = client.fetch_token(
                    about["token_endpoint"], grant_type="authorization_code", code=code, code_verifier=begun.verifier
                )
        except OAuthError as error:
            if error.error in _WRONG_CLIENT:
                raise wrong_client(str(error)) from error
            raise sign_in_used_up(str(error)) from error
        except (requests.RequestException, OSError) as error:
            raise unreachable(self.issuer, error) from error
        except ValueError as error:
            raise untrusted(f"its answer to the code is none: {error}") from error
        return dict(tokens)

    def _claims(self, about: Mapping[str, Any], begun: BegunSignIn, tokens: Mapping[str, Any]) -> CodeIDToken:
        text = tokens.get("id_token")
        if not isinstance(text, str):
            raise untrusted("it gave no ID token")
        token = self._opened(text)
        claims = CodeIDToken(
            token.claims, token.header,
            {"iss": {"essential": True, "value": self.issuer}, "aud": {"essential": True, "value": self._client_id}},
            {"nonce": begun.nonce, "client_id": self._client_id, "access_token": tokens.get("access_token")},
        )  # fmt: skip
        now_s = self.clock.now_ns() // NS_PER_S
        try:
            claims.validate(now=now_s, leeway=LEEWAY_S)
        except (ExpiredTokenError, InvalidClaimError) as error:
            issued_s = claims.get("iat")
            about_time = isinstance(error, ExpiredTokenError) or getattr(error, "claim", "") in ("iat", "nbf")
            if about_time and isinstance(issued_s, int | float):
                raise clock_apart(int(now_s - issued_s)) from error
            raise untrusted(str(error)) from error
        except JoseError as error:
            raise untrusted(str(error)) from error
        if isinstance(claims["iat"], int | float) and abs(now_s - claims["iat"]) > LEEWAY_S + 5:
            raise clock_apart(int(now_s - claims["iat"]))  # it was issued for this very code, a moment ago
        return claims

    def _user_info(
        self, about: Mapping[str, Any], tokens: Mapping[str, Any], subject: str, claims: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """Names that the ID token lacks (Core 5.3); it is asked only when the one that is wanted is missing."""
        address = about.get("userinfo_endpoint")
        if (self.match or "preferred_username") in claims or not isinstance(address, str) or not self._allowed(address):
            return {}
        given = self._asked(address, {"Authorization": f"Bearer {tokens.get('access_token')}"})
        if given.get("sub") != subject:
            raise untrusted("userinfo speaks of another subject")
        return given

    def _opened(self, text: str) -> jwt.Token:
        """The token under one of the provider's keys; asked anew when it is none of those we know."""
        for not_older_ns in (_KEPT_NS, _KEYS_ANEW_NS):
            keys = self.keys(not_older_ns=not_older_ns)
            try:
                return jwt.decode(text, keys, algorithms=list(_ALGORITHMS))
            except (JoseError, ValueError) as error:
                failed = error
        raise untrusted(f"its signature does not fit: {failed}")

    @property
    def _client_id(self) -> str:
        return self.settings.client_id

    def _client(self, redirect: str, method: str = "client_secret_basic") -> OAuth2Session:
        client = OAuth2Session(
            self._client_id, self.secret(), token_endpoint_auth_method=method, scope=_SCOPE, redirect_uri=redirect,
            code_challenge_method="S256", default_timeout=_TIMEOUT_S,
        )  # fmt: skip
        client.register_client_auth_method(("client_secret_basic", _basic))
        self._prepare(client)
        return client

    def _prepare(self, session: requests.Session) -> None:
        session.trust_env, session.max_redirects = False, 0
        session.verify = self.settings.ca_file or True
        for scheme in ("http://", "https://"):
            session.mount(scheme, _Bounded())

    def _published(self, name: str, address: str, kept_ns: int) -> Mapping[str, Any]:
        """A JSON object under an address, kept for so long."""
        now_ns, kept = self.clock.mono_ns(), self._kept.get(name)
        if kept is not None and now_ns - kept.at_ns < kept_ns:
            return dict(kept.value)
        value = self._asked(address, {})
        self._kept[name] = _Kept(value, now_ns)
        return value

    def _asked(self, address: str, headers: Mapping[str, str]) -> Mapping[str, Any]:
        """The JSON object under an address. Raises MingjianError oidc_unreachable, oidc_untrusted."""
        try:
            with requests.Session() as session:
                self._prepare(session)
                answer = session.get(address, timeout=_TIMEOUT_S, headers={"Accept": "application/json", **headers})
            answer.raise_for_status()
            value = answer.json()
        except requests.JSONDecodeError as error:
            raise untrusted(f"{address} gives no JSON") from error
        except (requests.RequestException, OSError) as error:
            raise unreachable(self.issuer, error) from error
        if not isinstance(value, dict):
            raise untrusted(f"{address} gives no JSON object")
        return value

    def _allowed(self, address: str) -> bool:
        """https; or http where the issuer itself is, which only a demonstration's may be."""
        return address.startswith("https://") or (
            address.startswith("http://") and urlsplit(address).netloc == urlsplit(self.issuer).netloc
        )


def _names(claims: Mapping[str, Any]) -> dict[str, str]:
    """The claims that are text. An address of mail that the provider has not verified anybody could have written."""
    names = {key: value[:_LONGEST_NAME] for key, value in claims.items() if isinstance(value, str)}
    if claims.get("email_verified") is not True:
        names.pop("email", None)
    return names


def _basic(client: Any, method: str, uri: str, headers: dict[str, str], body: str) -> tuple[str, dict[str, str], str]:
    """Client id and secret form-encoded before Basic (RFC 6749, section 2.3.1), which Authlib leaves out."""
    pair = f"{quote_plus(client.client_id)}:{quote_plus(client.client_secret)}"
    return uri, {**headers, "Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}, body


class _Bounded(HTTPAdapter):
    """Reads no more than 1 MiB of an answer."""

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """The answer, read. Raises requests.RequestException."""
        answer = super().send(request, *args, **{**kwargs, "stream": True})
        content = b""
        for part in answer.iter_content(1 << 16):
            content += part
            if len(content) > _MOST_BYTES:
                answer.close()
                raise requests.exceptions.ContentDecodingError("the answer is longer than 1 MiB")
        answer._content, answer._content_consumed = content, True  # type: ignore[attr-defined]
        return answer
