"""Where an actor's bound roles and second factor are kept: the slices that keep them say so; authority lies below."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.web.authority.actor import Actor, Binding


@dataclass(frozen=True, slots=True)
class TokenGrant:
    """What an API token gives: the account's user, the token's id, and its scopes."""

    user: Any
    token: str
    scopes: frozenset[str]


_source: list[Callable[[str], tuple[Binding, ...]]] = []
_bound: list[Callable[[Sequence[str]], dict[str, list[tuple[str, str]]]]] = []
_posts: list[Callable[[str], str]] = []
_contacts: list[Callable[[Actor, Any, object], list[str]]] = []
_enrolled: list[Callable[[str], bool]] = []
_tokens: list[Callable[[str, str], TokenGrant]] = []
_locks: list[Callable[[Any, Actor], bool]] = []


def keep_bindings(source: Callable[[str], tuple[Binding, ...]]) -> None:
    """Name the function that gives a user's bindings as of now, by user id."""
    _source[:] = [source]


def bindings_of(user_id: str) -> tuple[Binding, ...]:
    """The bindings in force; none while nobody keeps any."""
    return _source[0](user_id) if _source else ()


def keep_bound_roles(source: Callable[[Sequence[str]], dict[str, list[tuple[str, str]]]]) -> None:
    """Name the function that gives the bound roles of many users at once, as (role, name of the organisation)."""
    _bound[:] = [source]


def bound_roles_of(user_ids: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
    """By user id; who has none is left out."""
    return _bound[0](user_ids) if _bound else {}


def keep_second_factors(source: Callable[[str], bool]) -> None:
    """Name the function that says whether a user, by id, has enrolled a second factor."""
    _enrolled[:] = [source]


def has_second_factor(user_id: str) -> bool:
    """Whether he has enrolled one."""
    return bool(_enrolled) and _enrolled[0](user_id)


def keep_posts(source: Callable[[str], str]) -> None:
    """Name the function that gives the titles of the posts a user holds today, by user id."""
    _posts[:] = [source]


def post_of(user_id: str) -> str:
    """The titles of his posts, empty for none."""
    return _posts[0](user_id) if _posts else ""


def keep_contacts(source: Callable[[Actor, Any, object], list[str]]) -> None:
    """Name the function that says whom a refused actor asks: actor, policy, subject."""
    _contacts[:] = [source]


def contacts_of(actor: Actor, policy: Any, subject: object) -> list[str]:
    """People of his own organisation, or above it, whom he may ask; nearest first."""
    return _contacts[0](actor, policy, subject) if _contacts else []


def keep_tokens(source: Callable[[str, str], TokenGrant]) -> None:
    """Name the function that takes an API token's text and the client's address and gives what the token grants."""
    _tokens[:] = [source]


def grant_of(text: str, address: str) -> TokenGrant:
    """What the token grants. Raises MingjianError invalid_token, also while nobody keeps tokens."""
    if not _tokens:
        raise invalid_token()
    return _tokens[0](text, address)


def keep_locks(source: Callable[[Any, Actor], bool]) -> None:
    """Name the function that says whether the screen of a request's session is locked, by request and actor."""
    _locks[:] = [source]


def is_locked(request: Any, actor: Actor) -> bool:
    """Whether the session opens nothing but its own unlocking."""
    return bool(_locks) and _locks[0](request, actor)


def session_locked() -> MingjianError:
    """What a request of a locked session is told."""
    return MingjianError(
        "session_locked",
        Text("屏幕已锁定", "the screen is locked"),
        fault=Fault.USER,
        remedy=Text("请用本人的密码或者通行密钥解锁", "unlock it by the password or a passkey of the same person"),
    )


def invalid_token() -> MingjianError:
    """The same for a token that never was, one that has expired, and one that was revoked."""
    return MingjianError(
        "invalid_token",
        Text("接口令牌无效、已过期或者已撤销", "the token is invalid, expired or revoked"),
        fault=Fault.USER,
        remedy=Text("请在个人设置中新建令牌", "make a new one in your own settings"),
    )
