"""What a password must be. Checked where one is chosen, never where one is typed to sign in."""

from __future__ import annotations

import functools
import unicodedata

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.web.accounts.models import name_key

MIN_LENGTH = 10
LONG_ENOUGH = 16
MAX_LENGTH = 128
_CLASSES_NEEDED = 3


def check_password_rules(password: str, name: str, field: str = "password") -> None:
    """Raise MingjianError `weak_password` naming `field`, with what is missing.

    At least 10 characters of three kinds (small and capital letters, digits, others), or at least 16 of any kind; not
    the login name, not a common password.
    """
    if len(password) < MIN_LENGTH:
        raise _weak(field, f"密码至少 {MIN_LENGTH} 个字符", f"the password must have at least {MIN_LENGTH} characters")
    if len(password) > MAX_LENGTH:
        raise _weak(field, f"密码最多 {MAX_LENGTH} 个字符", f"the password must have at most {MAX_LENGTH} characters")
    if len(password) < LONG_ENOUGH and _kinds(password) < _CLASSES_NEEDED:
        raise _weak(
            field,
            "密码须包含大写字母、小写字母、数字、符号中的至少三种，或不少于 16 个字符",
            "the password needs three of: capitals, small letters, digits, other signs; or at least 16 characters",
        )
    if len(name) >= 3 and name_key(name) in name_key(password):
        raise _weak(field, "密码不能包含登录名", "the password must not contain the login name")
    if len(set(password)) < 5:
        raise _weak(field, "密码中不同的字符太少", "the password repeats too few characters")
    try:
        _common_passwords().validate(password)
    except ValidationError:
        raise _weak(field, "密码过于常见，容易被猜到", "the password is a common one, easily guessed") from None


@functools.cache
def _common_passwords() -> CommonPasswordValidator:
    """Django's list of 20,000, unpacked once a process."""
    return CommonPasswordValidator()


def _kinds(password: str) -> int:
    kinds = set()
    for char in password:
        category = unicodedata.category(char)
        kinds.add({"Lu": "upper", "Ll": "lower", "Nd": "digit"}.get(category, "other"))
    return len(kinds)


def _weak(field: str, zh: str, en: str) -> MingjianError:
    return MingjianError(
        "weak_password",
        Text(zh=zh, en=en),
        fault=Fault.USER,
        field=field,
        remedy=Text(zh="可以用几个不相干的词连成一句", en="several unrelated words in a row make a good one"),
    )
