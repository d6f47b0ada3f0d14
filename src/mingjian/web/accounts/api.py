"""Set-up, signing in and out, oneself, and users."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from ninja import Field, Router, Schema, Status

from mingjian.web.accounts import actions, lock, policies, queries, sessions
from mingjian.web.accounts.devices import remember_device
from mingjian.web.accounts.models import User
from mingjian.web.authority.actor import BoundRole
from mingjian.web.authority.policy import permissions_of
from mingjian.web.authority.sources import bound_roles_of
from mingjian.web.http.guard import Requires, actor_of
from mingjian.web.http.idempotency import create_once
from mingjian.web.http.language import language_of
from mingjian.web.http.schemas import Cursor, Input, Limit, Reason
from mingjian.web.http.versions import expected_version, set_etag

setup_router = Router(tags=["setup"])
auth_router = Router(tags=["auth"])
me_router = Router(tags=["me"])
users_router = Router(tags=["users"])

Name = Annotated[str, Field(min_length=1, max_length=64)]
Password = Annotated[str, Field(min_length=1, max_length=128)]
RoleName = Literal["admin", "operator", "viewer", "auditor", "member"]


class SetupOut(Schema):
    """Whether the first administrator is missing, and whether making him needs the code the server printed."""

    needed: bool
    code_required: bool
    language: Literal["zh", "en"]


class SetupIn(Input):
    """The first administrator."""

    name: Name
    password: Password
    code: str = Field("", max_length=64)


class LoginIn(Input):
    """Who signs in; `code` of the authenticator, or a recovery code, when a second factor is enrolled."""

    name: Name
    password: Password
    code: str = Field("", max_length=32)


class BoundRoleOut(Schema):
    """A role that somebody has in an organisation."""

    role: str
    title: str  # in the reader's language
    organisation: str


class MeOut(Schema):
    """Oneself. `permissions` are names of policies: what to show; the server decides anyway.

    The screen locks `lock_after_s` after the last touch, which was `idle_ms` ago.
    """

    id: str
    name: str
    display_name: str
    unit: str
    role: RoleName
    bound: list[BoundRoleOut]  # what "member" alone does not tell
    language: Literal["zh", "en"]
    theme: Literal["light", "dark", "auto"]
    must_change_password: bool
    must_enrol_second_factor: bool
    lock_after_s: int
    idle_ms: int
    by_provider: bool  # this session was begun through the identity provider: sign out by POST auth/oidc/logout
    permissions: list[str]


class MeIn(Input):
    """One's own settings."""

    language: Literal["zh", "en"] | None = None
    theme: Literal["light", "dark", "auto"] | None = None


class PasswordChangeIn(Input):
    """One's own password."""

    current: Password
    new: Password


class UserIn(Input):
    """A new user."""

    name: Name
    password: Password
    role: RoleName
    display_name: str = Field("", max_length=64)
    unit: str = Field("", max_length=128)
    must_change_password: bool = True


class UserChangeIn(Input):
    """What of a user can be changed; what is not given stays."""

    display_name: str | None = Field(None, max_length=64)
    unit: str | None = Field(None, max_length=128)
    role: RoleName | None = None


class PasswordIn(Input):
    """A new password for somebody."""

    password: Password


class UserOut(Schema):
    """A user."""

    id: str
    name: str
    display_name: str
    unit: str
    role: RoleName
    active: bool = Field(alias="is_active")
    must_change_password: bool
    version: int


class UserRowOut(UserOut):
    """A user in the list, with what he is in which organisation."""

    bound: list[BoundRoleOut]


class UserPage(Schema):
    """Users by name."""

    items: list[UserRowOut]
    next: str | None


@setup_router.get("", auth=Requires(policies.SET_UP), response=SetupOut, operation_id="setup_get")
def get_setup(request: HttpRequest) -> dict[str, Any]:
    """Is the first administrator missing? Also sets the CSRF cookie."""
    get_token(request)
    needed = queries.setup_needed()
    code_required = needed and bool(actions.setup_code_for(actor_of(request)))
    return {"needed": needed, "code_required": code_required, "language": language_of(request)}


@setup_router.post("", auth=Requires(policies.SET_UP), response={201: MeOut}, operation_id="setup_post")
def post_setup(request: HttpRequest, response: HttpResponse, data: SetupIn) -> Status[dict[str, Any]]:
    """Make the first administrator, and sign him in."""
    user = actions.set_up(actor_of(request), data.name, data.password, data.code)
    sessions.begin_session(request, user)
    remember_device(request, response, user)
    return Status(201, own_view(request, user))


@auth_router.post("/login", auth=Requires(policies.SIGN_IN), response=MeOut, operation_id="auth_login")
def login(request: HttpRequest, response: HttpResponse, data: LoginIn) -> dict[str, Any]:
    """Sign in. The CSRF cookie is a new one afterwards."""
    user = sessions.sign_in(request, actor_of(request), data.name, data.password, data.code)
    remember_device(request, response, user)
    return own_view(request, user)


@auth_router.post("/logout", auth=Requires(policies.SIGN_OUT), response={204: None}, operation_id="auth_logout")
def logout(request: HttpRequest) -> Status[None]:
    """Sign out; tickets of this session are taken back."""
    sessions.sign_out(request, actor_of(request))
    return Status(204, None)


@me_router.get("", auth=Requires(policies.OWN), response=MeOut, operation_id="me_get")
def get_me(request: HttpRequest) -> dict[str, Any]:
    """Oneself. Also sets the CSRF cookie."""
    get_token(request)
    return own_view(request, queries.user_by_id(actor_of(request).user))


@me_router.patch("", auth=Requires(policies.OWN), response=MeOut, operation_id="me_patch")
def patch_me(request: HttpRequest, data: MeIn) -> dict[str, Any]:
    """Change one's own language and theme."""
    user = actions.change_own(actor_of(request), data.given())
    request.user = user
    return own_view(request, user)


@me_router.post("/password", auth=Requires(policies.OWN_PASSWORD), response=MeOut, operation_id="me_password")
def change_password(request: HttpRequest, data: PasswordChangeIn) -> dict[str, Any]:
    """Change one's own password; other sessions end, this one goes on under a new key."""
    user = actions.change_own_password(actor_of(request), data.current, data.new)
    update_session_auth_hash(request, user)
    request.user = user
    return own_view(request, user)


@users_router.get("", auth=Requires(policies.USERS_READ), response=UserPage, operation_id="users_list")
def list_users(
    request: HttpRequest,
    text: Annotated[str, Field(max_length=64)] = "",
    cursor: Cursor = None,
    limit: Limit = 100,
) -> dict[str, Any]:
    """Users, by login name."""
    rows, following = queries.users_page(text, cursor, limit)
    bound = bound_roles_of([user.id for user in rows])
    items = [{**_plain(user), "bound": _bound(request, bound.get(user.id, []))} for user in rows]
    return {"items": items, "next": following}


@users_router.post("", auth=Requires(policies.USERS_MANAGE), response={201: UserOut}, operation_id="users_create")
def create_user(request: HttpRequest, response: HttpResponse, data: UserIn) -> Status[dict[str, Any]]:
    """Make a user."""
    actor = actor_of(request)

    def create() -> dict[str, Any]:
        return _plain(actions.create_user(actor, **data.dict()))

    return Status(*create_once(request, response, actor.user, create))


@users_router.get("/{user_id}", auth=Requires(policies.USERS_READ), response=UserOut, operation_id="users_get")
def get_user(request: HttpRequest, response: HttpResponse, user_id: str) -> User:
    """One user, with ETag."""
    user = queries.user_by_id(user_id)
    set_etag(response, user.version)
    return user


@users_router.patch("/{user_id}", auth=Requires(policies.USERS_MANAGE), response=UserOut, operation_id="users_change")
def change_user(request: HttpRequest, response: HttpResponse, user_id: str, data: UserChangeIn) -> User:
    """Change a user; needs If-Match."""
    user = actions.change_user(actor_of(request), user_id, data.given(), expected_version(request))
    set_etag(response, user.version)
    return user


@users_router.post(
    "/{user_id}/disable", auth=Requires(policies.USERS_MANAGE), response=UserOut, operation_id="users_disable"
)
def disable_user(request: HttpRequest, user_id: str, data: Reason) -> User:
    """Disable a user: sessions and tickets end at once."""
    return actions.disable_user(actor_of(request), user_id, data.reason)


@users_router.post(
    "/{user_id}/enable", auth=Requires(policies.USERS_MANAGE), response=UserOut, operation_id="users_enable"
)
def enable_user(request: HttpRequest, user_id: str) -> User:
    """Let a disabled user sign in again."""
    return actions.enable_user(actor_of(request), user_id)


@users_router.post(
    "/{user_id}/password", auth=Requires(policies.USERS_MANAGE), response=UserOut, operation_id="users_password"
)
def reset_password(request: HttpRequest, user_id: str, data: PasswordIn) -> User:
    """Give a user a new password, to be changed at the next sign-in."""
    return actions.reset_password(actor_of(request), user_id, data.password)


def _plain(user: User) -> dict[str, Any]:
    """A user as it is kept in an idempotency record: by the names of the answer's source."""
    fields = ("id", "name", "display_name", "unit", "role", "is_active", "must_change_password", "version")
    return {field: getattr(user, field) for field in fields}


def _bound(request: HttpRequest, roles: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    language = language_of(request)
    return [
        {"role": role, "title": BoundRole(role).label.for_language(language), "organisation": organisation}
        for role, organisation in roles
    ]


def own_view(request: HttpRequest, user: User) -> dict[str, Any]:
    """The user as he sees himself; the request is his from now on."""
    request.user = user
    actor = actor_of(request)
    return {
        "id": user.id,
        "name": user.name,
        "display_name": user.display_name or user.name,
        "unit": user.unit,
        "role": user.role,
        "bound": _bound(request, [(one.role, one.organisation_name) for one in actor.bindings if not one.grant]),
        "language": language_of(request),
        "theme": user.theme,
        "must_change_password": user.must_change_password,
        "must_enrol_second_factor": actor.must_enrol_second_factor,
        "lock_after_s": lock.lock_after_s(),
        "idle_ms": lock.idle_ms(request),
        "by_provider": sessions.begun_by_provider(request),
        "permissions": list(permissions_of(actor)),
    }
