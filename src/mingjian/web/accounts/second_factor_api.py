"""One's second factor: enrolled, shown, given up; and reset for somebody who lost his device."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from mingjian.web.accounts import policies, second_factor
from mingjian.web.http.guard import Requires, actor_of
from mingjian.web.http.schemas import Input, Reason

own_router = Router(tags=["me"])
reset_router = Router(tags=["users"])
Code = Annotated[str, Field(min_length=1, max_length=32)]


class SecondFactorOut(Schema):
    """Whether one has it, and how many recovery codes are left."""

    enrolled: bool
    recovery_codes_left: int


class SecondFactorEnrolIn(Input):
    """One's password, once more."""

    password: str = Field(min_length=1, max_length=128)


class EnrolOut(Schema):
    """The authenticator's key in base 32, and the address its QR code holds. Not shown again."""

    key: str
    otpauth: str


class CodeIn(Input):
    """A code of the authenticator, or a recovery code."""

    code: Code


class RecoveryOut(Schema):
    """The recovery codes, each good once. Not shown again."""

    recovery_codes: list[str]


@own_router.get("", auth=Requires(policies.OWN), response=SecondFactorOut, operation_id="second_factor_get")
def get_second_factor(request: HttpRequest) -> dict[str, Any]:
    """Whether one has a second factor."""
    user = actor_of(request).user
    return {
        "enrolled": second_factor.enrolled(user),
        "recovery_codes_left": second_factor.recovery_codes_left(user),
    }


@own_router.post("", auth=Requires(policies.SECOND_FACTOR), response=EnrolOut, operation_id="second_factor_begin")
def begin(request: HttpRequest, data: SecondFactorEnrolIn) -> dict[str, str]:
    """A new key; it counts once a code of it was shown."""
    key, otpauth = second_factor.begin_enrolment(actor_of(request), data.password)
    return {"key": key, "otpauth": otpauth}


@own_router.post(
    "/confirm", auth=Requires(policies.SECOND_FACTOR), response=RecoveryOut, operation_id="second_factor_confirm"
)
def confirm(request: HttpRequest, data: CodeIn) -> dict[str, list[str]]:
    """Show the first code; signing in asks for one from now on."""
    return {"recovery_codes": second_factor.finish_enrolment(actor_of(request), data.code)}


@own_router.post(
    "/remove", auth=Requires(policies.SECOND_FACTOR), response={204: None}, operation_id="second_factor_remove"
)
def remove(request: HttpRequest, data: CodeIn) -> Status[None]:
    """Give it up, by a code."""
    second_factor.remove_own(actor_of(request), data.code)
    return Status(204, None)


@reset_router.post(
    "/{user_id}/second-factor/reset", auth=Requires(policies.USERS_MANAGE), response={204: None},
    operation_id="users_second_factor_reset",
)  # fmt: skip
def reset(request: HttpRequest, user_id: str, data: Reason) -> Status[None]:
    """Take a user's second factor away; he is signed out."""
    second_factor.reset(actor_of(request), user_id, data.reason)
    return Status(204, None)
