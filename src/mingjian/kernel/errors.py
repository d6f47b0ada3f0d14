"""Errors that say whose fault, which field, and what to do, in both languages.

Every error that reaches a person is a MingjianError; programs match on `code`, people read `message` and `remedy`.
"""

from __future__ import annotations

from enum import StrEnum

from mingjian.kernel.text import Text


class Fault(StrEnum):
    """Whose fault an error is."""

    USER = "user"  # what was asked cannot be: bad input, missing right
    PEER = "peer"  # the camera, platform or browser at the other end broke its protocol or is away
    ENVIRONMENT = "environment"  # disk, network, clock, operating system
    OURS = "ours"  # a defect of this program


class MingjianError(Exception):
    """An error with a code, a sentence in both languages, a fault, and where it lies.

    `field` names the input at fault (a JSON pointer, a form field, an option); `remedy` says what to do next.
    """

    def __init__(
        self,
        code: str,
        message: Text,
        *,
        fault: Fault,
        field: str | None = None,
        remedy: Text | None = None,
        detail: str | None = None,
    ) -> None:
        super().__init__(message.en)
        self.code = code
        self.message = message
        self.fault = fault
        self.field = field
        self.remedy = remedy
        self.detail = detail

    def __reduce__(self) -> tuple[object, ...]:
        """Pickled whole, so that a worker process can raise it; subclasses may have their own constructors."""
        return _rebuilt, (type(self), self.args, self.__dict__)

    def say(self, language: str) -> str:
        """The whole sentence for a person: what is wrong, then what to do."""
        text = self.message.for_language(language)
        if self.remedy is None:
            return text
        joint = "。" if language.lower().startswith("zh") else ". "
        return f"{text.rstrip('。. ')}{joint}{self.remedy.for_language(language)}"


def _rebuilt(kind: type[MingjianError], args: tuple[object, ...], state: dict[str, object]) -> MingjianError:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error
