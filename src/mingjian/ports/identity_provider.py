"""A foreign identity provider (OpenID Connect) as web sees it: who is sent where, and who came back.

Web knows no protocol: it keeps what `begin` gives until the person is back and hands it to `finish`. Decision 0072.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text


@dataclass(frozen=True, slots=True)
class BegunSignIn:
    """Somebody was sent to the provider. All but `address` are secrets of the browser's session until he is back."""

    address: str  # where the browser goes
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)  # PKCE, RFC 7636
    redirect: str  # where the provider sends him back


@dataclass(frozen=True, slots=True)
class ProvedIdentity:
    """Whom the provider has vouched for: `issuer` and `subject` together are the one name that never changes."""

    issuer: str
    subject: str
    names: Mapping[str, str]  # claims that are text: preferred_username, email and so on; people may change them
    methods: frozenset[str]  # acr and amr: how he showed himself, in the provider's words


class IdentityProvider(Protocol):
    """One configured provider. Its methods ask over the network and may take some seconds."""

    @property
    def issuer(self) -> str:
        """The issuer as configured, and as it calls itself."""

    @property
    def name(self) -> str:
        """What the sign-in screen calls it; empty: the screen's own word."""

    @property
    def match(self) -> str:
        """The claim whose value is a login name of ours; empty: only who was linked signs in."""

    @property
    def second_factor(self) -> frozenset[str]:
        """What of `ProvedIdentity.methods` stands for a second factor at sign-in; empty: nothing does."""

    def begin(self, redirect: str, language: str) -> BegunSignIn:
        """Send somebody. Raises MingjianError oidc_unreachable, oidc_untrusted, oidc_setting."""

    def finish(self, begun: BegunSignIn, code: str, issuer: str | None) -> ProvedIdentity:
        """Who is back, with the code he brought and the issuer named beside it (RFC 9207; None: none was).

        Raises MingjianError oidc_unreachable, oidc_untrusted, oidc_wrong_client, oidc_wrong_code, oidc_clock.
        """

    def leave(self, back: str) -> str:
        """Where one signs out there, to be sent `back`; empty when it has no such place or is away."""


def sign_in_used_up(detail: str = "") -> MingjianError:
    """The error `oidc_wrong_code`: what he brought was used, is too old, or belongs to no way out of ours or the provider's."""
    return MingjianError(
        "oidc_wrong_code",
        Text("登录凭据无效或已过期", "the sign-in is used up or too old"),
        fault=Fault.USER,
        remedy=Text("请重新登录", "sign in again"),
        detail=detail,
    )
