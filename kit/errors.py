"""What a use case refuses: one class per reason, a stable code each, rendered in one place (kit/http/problem.py).

A service declares its own in `services/<name>/domain/errors.py`:

    class UnknownAgreement(RelaisError):
        code = "unknown_agreement"
        title_fr = "Accord inconnu"
        title_en = "Unknown agreement"

and raises it with the JSON pointer of the field at fault: `raise UnknownAgreement(pointer="/agreement")`.
Neither titles nor details may hold a value taken from the request: a NIR must never come back in an error.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar, Final

UNPROCESSABLE: Final = 422


class RelaisError(Exception):
    """A refusal that the caller can understand and act on. `status` is the HTTP status it becomes.

    >>> error = RelaisError("reversed_interval", "Intervalle inversé", "Reversed interval", pointer="/to")
    >>> error.code, error.status, str(error)
    ('reversed_interval', 422, 'Intervalle inversé')
    """

    code: str = "refused"
    title_fr: str = "Demande refusée"
    title_en: str = "Request refused"
    status: int = UNPROCESSABLE
    retry_in: ClassVar[float | None] = None

    def __init__(
        self,
        code: str = "",
        title_fr: str = "",
        title_en: str = "",
        pointer: str | None = None,
        *,
        status: int = 0,
        detail_fr: str = "",
        detail_en: str = "",
    ) -> None:
        self.code = code or type(self).code
        self.title_fr = title_fr or type(self).title_fr
        self.title_en = title_en or type(self).title_en
        self.status = status or type(self).status
        self.pointer = pointer
        self.detail_fr = detail_fr
        self.detail_en = detail_en or detail_fr
        super().__init__(self.title_fr)


@contextmanager
def pointing_at(pointer: str) -> Iterator[None]:
    """A refusal from within that points nowhere points at this field: it asked for what could not be given.

    >>> with pointing_at("/month"):
    ...     raise RelaisError(pointer="/tib")
    Traceback (most recent call last):
    kit.errors.RelaisError: Demande refusée
    """
    try:
        yield
    except RelaisError as error:
        if error.pointer is None:
            error.pointer = pointer
        raise


@contextmanager
def pointing_under(parent: str) -> Iterator[None]:
    """A refusal from within points under this field: what was refused is a part of what was sent.

    >>> try:
    ...     with pointing_under("/options/0"):
    ...         raise RelaisError(pointer="/from")
    ... except RelaisError as error:
    ...     error.pointer
    '/options/0/from'
    """
    try:
        yield
    except RelaisError as error:
        error.pointer = parent + (error.pointer or "")
        raise


def declared(base: type[RelaisError] = RelaisError) -> Iterator[type[RelaisError]]:
    """Every subclass that the imported code declares: what the catalogue of errors lists.

    >>> class Example(RelaisError): code = "example"
    >>> Example in set(declared())
    True
    """
    for subclass in base.__subclasses__():
        yield subclass
        yield from declared(subclass)
