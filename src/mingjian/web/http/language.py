"""Which language a request is answered in: the user's own setting, else Accept-Language, else Chinese."""

from __future__ import annotations

from django.http import HttpRequest


def language_of(request: HttpRequest) -> str:
    """ "zh" or "en"."""
    user = getattr(request, "user", None)
    own = getattr(user, "language", "") if user is not None and user.is_authenticated else ""
    return own or _accepted(request.headers.get("Accept-Language", ""))


def _accepted(header: str) -> str:
    """The first of our languages by the weights of RFC 9110 section 12.5.4; Chinese when none is asked for."""
    wishes: list[tuple[float, int, str]] = []
    for position, part in enumerate(header[:512].split(",")):
        tag, _, parameter = part.strip().partition(";")
        wishes.append((-_weight(parameter), position, tag.strip().lower()))
    for weight, _, tag in sorted(wishes):
        if weight < 0 and tag[:2] in ("zh", "en"):
            return tag[:2]
    return "zh"


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
