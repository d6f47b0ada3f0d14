"""Which language a request is answered in: the user's own setting, else Accept-Language, else Chinese."""

from __future__ import annotations

from django.http import HttpRequest

_OWN = "mingjian.language"


def language_of(request: HttpRequest) -> str:
    """ "zh" or "en". Asks no database: an error about the database must be sayable, too."""
    return str(request.META.get(_OWN, "")) or _accepted(request.headers.get("Accept-Language", ""))


def remember_language(request: HttpRequest, own: str) -> None:
    """The request's user is known: his own setting ("zh", "en", or "" for none) comes first from here on."""
    request.META[_OWN] = own


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
