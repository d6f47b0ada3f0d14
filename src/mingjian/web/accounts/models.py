"""Users, what their sign-in attempts left, and the mark that the first administrator was made."""

from __future__ import annotations

import unicodedata
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from mingjian.web.authority.actor import Role


class UserManager(BaseUserManager["User"]):
    """Finds users by login name; users are made by accounts.actions only."""

    def get_by_natural_key(self, username: str | None) -> User:
        """The user of a login name."""
        return self.get(name_key=name_key(username or ""))


def name_key(name: str) -> str:
    """What makes two login names the same: case and width do not tell people apart."""
    return unicodedata.normalize("NFKC", name).casefold()


class User(AbstractBaseUser):
    """A person who signs in. Never deleted: records refer to him; he is disabled."""

    id = models.CharField(primary_key=True, max_length=26)  # kernel.ids
    name = models.CharField(max_length=64)  # login name, as written
    name_key = models.CharField(max_length=128, unique=True)
    display_name = models.CharField(max_length=64, blank=True)
    unit = models.CharField(max_length=128, blank=True)
    role = models.CharField(max_length=16, choices=[(role.value, role.value) for role in Role])
    language = models.CharField(max_length=2, blank=True)  # "zh", "en", or empty: as the browser asks
    theme = models.CharField(max_length=8, default="auto")  # "light", "dark", "auto"
    must_change_password = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    session_epoch = models.PositiveIntegerField(default=0)  # raised to end all his sessions
    created_ns = models.BigIntegerField()
    version = models.PositiveIntegerField(default=1)

    last_login = None  # the audit record has it

    USERNAME_FIELD = "name_key"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        """No Django permissions: policies decide."""

        default_permissions = ()

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session must show; Django compares it at each request. It changes with password and epoch."""
        plain = str(super()._get_session_auth_hash(secret))  # type: ignore[misc]
        return plain if self.session_epoch == 0 else f"{plain}.{self.session_epoch}"


class BrowserSession(AbstractBaseSession):
    """A session with what its screen's lock needs. Those two columns are written by accounts.lock alone, each in one
    statement: what a request read before cannot undo a lock that came meanwhile."""

    active_ns = models.BigIntegerField()  # the last sign of life of the person before it
    locked_ns = models.BigIntegerField(null=True)  # since when it is locked

    class Meta:
        """Gone when it expires."""

        default_permissions = ()

    def save(self, *, force_insert: Any = False, **kwargs: Any) -> None:
        """As the session store saves: a row that is there keeps its lock."""
        fields = None if force_insert else ["session_data", "expire_date"]
        super().save(**{**kwargs, "force_insert": force_insert, "update_fields": fields})


class SecondFactor(models.Model):
    """A user's authenticator. `key_sealed` is sealed (kernel.sealing); it counts once `confirmed_ns` is set."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, primary_key=True, related_name="second_factor")
    key_sealed = models.TextField()
    confirmed_ns = models.BigIntegerField(null=True)
    last_step = models.BigIntegerField(default=0)  # of 30 s since 1970: no code up to it is taken again

    class Meta:
        """One a user."""

        default_permissions = ()


class RecoveryCode(models.Model):
    """A code that stands in for a lost authenticator, once. `digest` is keyed; the code itself is kept nowhere."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    used_ns = models.BigIntegerField(null=True)

    class Meta:
        """Looked for by user and digest."""

        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="recovery_code_once")]  # noqa: RUF012


class Passkey(models.Model):
    """A public key of a person's authenticator (WebAuthn). It opens a session alone: the device asks who holds it."""

    id = models.CharField(primary_key=True, max_length=26)  # kernel.ids
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="passkeys")
    name = models.CharField(max_length=64)  # what its person calls the device
    digest = models.CharField(max_length=64, unique=True)  # SHA-256 of the credential's id, which may be 1,023 bytes
    key = models.TextField()  # AttestedCredentialData in base64: AAGUID, the credential's id, the public key
    uses = models.BigIntegerField(default=0)  # the authenticator's own count; 0 for those that keep none
    created_ns = models.BigIntegerField()
    last_used_ns = models.BigIntegerField(null=True)

    class Meta:
        """Of a user."""

        default_permissions = ()


class PasskeyProof(models.Model):
    """That a person has just shown a passkey: good once, within two minutes, where a code is asked."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="passkey_proofs")
    digest = models.CharField(max_length=64, unique=True)  # keyed, like a recovery code's
    expires_ns = models.BigIntegerField()

    class Meta:
        """Removed when used."""

        default_permissions = ()


class ApiToken(models.Model):
    """A key to the API that stands for its person, cut by its scopes. Only a digest of the secret is kept."""

    id = models.CharField(primary_key=True, max_length=26)  # kernel.ids; part of the token's text
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="api_tokens")
    name = models.CharField(max_length=64)  # what its person calls it
    digest = models.CharField(max_length=64)  # SHA-256 of the secret, which has 256 bits of its own
    scopes = models.JSONField()  # authority.scopes
    created_ns = models.BigIntegerField()
    expires_ns = models.BigIntegerField()
    last_used_ns = models.BigIntegerField(null=True)  # to the minute
    last_used_address = models.CharField(max_length=45, blank=True)
    revoked_ns = models.BigIntegerField(null=True)
    revoke_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        """Listed newest first."""

        default_permissions = ()


class IdentityLink(models.Model):
    """That an identity of a foreign provider signs in this user. Ended, never deleted: what was ended no rule renews."""

    id = models.CharField(primary_key=True, max_length=26)  # kernel.ids
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="identity_links")
    issuer = models.CharField(max_length=255)
    subject = models.CharField(max_length=255)  # OpenID Connect Core 2: never given to anybody else
    linked_by = models.CharField(max_length=26, blank=True)  # an administrator; empty: the rule `oidc.match`
    created_ns = models.BigIntegerField()
    last_used_ns = models.BigIntegerField(null=True)
    ended_ns = models.BigIntegerField(null=True)

    class Meta:
        """One in force for an identity, and for a user at a provider."""

        default_permissions = ()
        constraints = [  # noqa: RUF012
            models.UniqueConstraint(
                fields=["issuer", "subject"], condition=models.Q(ended_ns=None), name="identity_links_one_user"
            ),
            models.UniqueConstraint(
                fields=["user", "issuer"], condition=models.Q(ended_ns=None), name="user_has_one_identity"
            ),
        ]


class SetupMark(models.Model):
    """One row at most: written with the first user, so that two first users cannot be."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    at_ns = models.BigIntegerField()

    class Meta:
        """A mark."""

        default_permissions = ()


class AttemptCount(models.Model):
    """Failed sign-ins of one scope since `since_ns`. `scope` is a keyed digest: names typed wrong are often passwords."""

    scope = models.CharField(primary_key=True, max_length=64)
    failures = models.PositiveIntegerField(default=0)
    since_ns = models.BigIntegerField()
    blocked_until_ns = models.BigIntegerField(default=0)

    class Meta:
        """Cleared as it ages."""

        default_permissions = ()
