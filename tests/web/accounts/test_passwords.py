from __future__ import annotations

import pytest
from django.contrib.auth.hashers import check_password, make_password

from mingjian.kernel.errors import MingjianError
from mingjian.web import settings as our_settings
from mingjian.web.accounts.passwords import check_password_rules


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("Ab1-Cd2-x", "at least 10"),
        ("x1Y" * 43, "at most 128"),
        ("abcdefgh1234", "three of"),
        ("my-OLGA-is-2", "login name"),
        ("Aa1Aa1Aa1Aa1", "too few"),
        ("1q2w3e4r5t6y7u8i", "common"),
    ],
)
def test_what_is_refused(password: str, says: str) -> None:
    with pytest.raises(MingjianError, match=says) as raised:
        check_password_rules(password, "Olga", "new")
    assert raised.value.field == "new"


@pytest.mark.parametrize(
    "password", ["Lantern-42", "correct horse battery", "海港灯塔Abc123x", "x" * 3 + "abcdefghijklm"]
)
def test_what_is_taken(password: str) -> None:
    check_password_rules(password, "olga")


def test_passwords_are_kept_with_argon2(settings) -> None:
    settings.PASSWORD_HASHERS = our_settings.PASSWORD_HASHERS
    kept = make_password("Lantern-42")
    assert kept.startswith("argon2$argon2id$v=19$m=65536,t=3,p=4$")
    assert check_password("Lantern-42", kept)
    assert not check_password("Lantern-43", kept)
