"""Policies: objects that say whether an actor may, and who may. What no policy allows is refused.

A policy is registered under a name that the audit record shows as the right under which something was done. Issue of
rights by organisation, subtree and recorded grants come as further kinds of Policy; callers stay as they are.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text, listed
from mingjian.web.authority.actor import LOCAL_ROLE, Actor, BoundRole, Role
from mingjian.web.authority.sources import contacts_of


@dataclass(frozen=True, slots=True)
class WhoMay:
    """The answer to "who may": anybody, roles, or single people by user id."""

    anybody: bool = False
    roles: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()


class Refused(MingjianError):
    """A policy said no. Carries what the audit record needs."""

    def __init__(self, code: str, message: Text, *, policy: str, actor: Actor, remedy: Text | None = None) -> None:
        super().__init__(code, message, fault=Fault.USER, remedy=remedy)
        self.policy = policy
        self.actor = actor


class Policy(ABC):
    """One right. `subject` is what it is asked about; None asks in general ("may he at all?")."""

    def __init__(self, name: str, title: Text) -> None:
        if name in _policies:
            raise ValueError(f"policy {name} is registered already")
        self.name = name
        self.title = title
        _policies[name] = self

    @abstractmethod
    def allows(self, actor: Actor, subject: object = None) -> bool:
        """Whether `actor` may do this to `subject`."""

    @abstractmethod
    def who_may(self, subject: object = None) -> WhoMay:
        """Who may do this to `subject`."""

    def require(self, actor: Actor, subject: object = None) -> None:
        """Raise Refused unless allowed: not_signed_in (401), or with 403 password_change_needed,
        second_factor_enrolment_needed or forbidden."""
        anybody = self.who_may(subject).anybody
        if not anybody and not actor.signed_in:
            raise Refused(
                "not_signed_in",
                Text(zh="您尚未登录，或登录已过期", en="you are not signed in, or your session has ended"),
                policy=self.name,
                actor=actor,
                remedy=Text(zh="请登录后重试", en="sign in and try again"),
            )
        if actor.must_change_password and not anybody and self.name not in _FREE_WITH_OLD_PASSWORD:
            raise Refused(
                "password_change_needed",
                Text(zh="首次登录须先修改密码", en="your password has to be changed first"),
                policy=self.name,
                actor=actor,
                remedy=Text(zh="请在个人设置中修改密码", en="change it in your own settings"),
            )
        if actor.must_enrol_second_factor and not anybody and self.name not in _FREE_WITHOUT_SECOND_FACTOR:
            raise Refused(
                "second_factor_enrolment_needed",
                Text("您的角色必须启用二次验证", "your role has to have a second factor"),
                policy=self.name,
                actor=actor,
                remedy=Text("请在个人设置中启用", "enrol one in your own settings"),
            )
        if not self.allows(actor, subject):
            raise Refused(
                "forbidden",
                Text(zh=f"您没有“{self.title.zh}”的权限", en=f"you do not have the right to {self.title.en}"),
                policy=self.name,
                actor=actor,
                remedy=self.whom_to_ask(actor, subject),
            )

    def whom_to_ask(self, actor: Actor, subject: object) -> Text:
        """What a refused actor is told: people of his own organisations, or the roles that have the right."""
        people = contacts_of(actor, self, subject)
        if people:
            return Text(f"如工作需要，可联系：{'、'.join(people)}", f"if your work needs it, ask {', '.join(people)}")
        having = self.who_may(subject).roles
        whole = listed([role.label for role in Role if role.value in having])
        bound = listed([role.label for role in BoundRole if role.value in having])
        if not whole.zh and not bound.zh:
            return Text(zh="如工作需要，请联系管理员", en="ask the administrator if your work needs it")
        said = [Text(f"有此权限的角色：{whole.zh}", f"roles that have it: {whole.en}")] if whole.zh else []
        if bound.zh:  # roles, never people: whom others employ is not told to somebody who was just refused
            within = "within their own organisation or district"
            said.append(Text(f"在本单位或者辖区范围内有此权限：{bound.zh}", f"{within}: {bound.en}"))
        return Text(
            zh=f"{'；'.join(one.zh for one in said)}；如工作需要，请联系管理员",
            en=f"{'; '.join(one.en for one in said)}; ask the administrator",
        )


class RolePolicy(Policy):
    """A right that roles have."""

    def __init__(self, name: str, title: Text, roles: Iterable[Role]) -> None:
        super().__init__(name, title)
        self._roles = frozenset(role.value for role in roles) | {LOCAL_ROLE}

    def allows(self, actor: Actor, subject: object = None) -> bool:
        """Whether the actor has one of the roles."""
        return actor.role in self._roles

    def who_may(self, subject: object = None) -> WhoMay:
        """The roles."""
        return WhoMay(roles=self._roles)


class SignedInPolicy(Policy):
    """A right of everybody who is signed in, about himself."""

    def allows(self, actor: Actor, subject: object = None) -> bool:
        """Whether somebody is signed in."""
        return actor.signed_in

    def who_may(self, subject: object = None) -> WhoMay:
        """Every role."""
        return WhoMay(roles=frozenset(role.value for role in Role) | {LOCAL_ROLE})


class OpenPolicy(Policy):
    """What anybody may, signed in or not. Each use of it is a decision; the generated test lists them."""

    def allows(self, actor: Actor, subject: object = None) -> bool:
        """Yes."""
        return True

    def who_may(self, subject: object = None) -> WhoMay:
        """Anybody."""
        return WhoMay(anybody=True)


_policies: dict[str, Policy] = {}
FREE_WHILE_LOCKED = frozenset({"accounts.own_lock", "accounts.sign_out"})
_FREE_WITH_OLD_PASSWORD = FREE_WHILE_LOCKED | {"accounts.own", "accounts.own_password"}
_FREE_WITHOUT_SECOND_FACTOR = _FREE_WITH_OLD_PASSWORD | {"accounts.own_second_factor"}


def policy_named(name: str) -> Policy:
    """The policy of that name. Raises KeyError."""
    return _policies[name]


def all_policies() -> tuple[Policy, ...]:
    """Every policy of the product, by name."""
    return tuple(_policies[name] for name in sorted(_policies))


def permissions_of(actor: Actor) -> tuple[str, ...]:
    """Names of the policies that allow the actor in general: what the screens show or hide by."""
    return tuple(policy.name for policy in all_policies() if policy.allows(actor))
