"""What Pydantic refuses, said in French or English with JSON pointers, and never with the value."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from kit.events.cursor import CURSOR_PATTERN
from kit.http.problem import MAX_ERRORS, FieldError, Problem
from kit.http.types import BOUNDED_MONTH_PATTERN, MESSAGES, TEXT_PATTERN
from kit.redaction import masked

MAX_NAME: Final = 80
_INVALID: Final = ("Valeur invalide.", "Invalid value.")
# By Pydantic error type; {…} are bounds of the field's declaration, never the input.
_DETAILS: Final[dict[str, tuple[str, str]]] = {
    "missing": ("Champ obligatoire.", "Required field."),
    "extra_forbidden": ("Champ inconnu.", "Unknown field."),
    "string_type": ("Une chaîne est attendue, entre guillemets.", "A string is expected, in quotes."),
    "string_too_short": ("Au moins {min_length} caractère(s).", "At least {min_length} character(s)."),
    "string_too_long": ("Au plus {max_length} caractères.", "At most {max_length} characters."),
    "string_pattern_mismatch": ("Format refusé ; /docs dit celui qui est attendu.", "Format refused; see /docs."),
    "int_type": ("Un nombre entier est attendu.", "An integer is expected."),
    "int_parsing": ("Un nombre entier est attendu.", "An integer is expected."),
    "int_from_float": ("Un nombre entier est attendu.", "An integer is expected."),
    "bool_type": ("true ou false est attendu.", "true or false is expected."),
    "bool_parsing": ("true ou false est attendu.", "true or false is expected."),
    "enum": ("Valeur attendue parmi : {expected}.", "Expected one of: {expected}."),
    "literal_error": ("Valeur attendue parmi : {expected}.", "Expected one of: {expected}."),
    "list_type": ("Une liste est attendue.", "A list is expected."),
    "too_long": ("Au plus {max_length} éléments.", "At most {max_length} items."),
    "too_short": ("Au moins {min_length} élément(s).", "At least {min_length} item(s)."),
    "dict_type": ("Un objet est attendu.", "An object is expected."),
    "model_type": ("Un objet est attendu.", "An object is expected."),
    "model_attributes_type": ("Un objet est attendu.", "An object is expected."),
    "dataclass_type": ("Un objet est attendu.", "An object is expected."),
    "uuid_type": ("Un identifiant UUID est attendu.", "A UUID is expected."),
    "uuid_parsing": ("Un identifiant UUID est attendu.", "A UUID is expected."),
    "greater_than": ("Supérieur à {gt}.", "Greater than {gt}."),
    "greater_than_equal": ("Au moins {ge}.", "At least {ge}."),
    "less_than": ("Inférieur à {lt}.", "Less than {lt}."),
    "less_than_equal": ("Au plus {le}.", "At most {le}."),
    "union_tag_invalid": ("Valeur attendue parmi : {expected_tags}.", "Expected one of: {expected_tags}."),
    "union_tag_not_found": ("Champ discriminant absent.", "Discriminating field missing."),
    "datetime_type": ("Un instant ISO est attendu.", "An ISO instant is expected."),
    "datetime_parsing": ("Un instant ISO est attendu.", "An ISO instant is expected."),
    "datetime_from_date_parsing": ("Un instant ISO est attendu.", "An ISO instant is expected."),
    "timezone_aware": ("Un fuseau horaire est attendu.", "A time zone is expected."),
    "json_invalid": ("JSON illisible.", "Malformed JSON."),
}
# What a regular expression asks for, in words.
_PATTERNS: Final[dict[str, tuple[str, str]]] = {
    BOUNDED_MONTH_PATTERN: MESSAGES["month"],
    "^[0-9a-f]{64}$": ("Empreinte attendue : 64 chiffres hexadécimaux.", "Digest expected: 64 hexadecimal digits."),
    "^[a-z0-9][a-z0-9-]{1,62}$": (
        "Identifiant attendu : minuscules sans accent, chiffres, tiret ; une lettre ou un chiffre d'abord.",
        "Identifier expected: unaccented lower case, digits, hyphens; a letter or a digit first.",
    ),
    TEXT_PATTERN: ("Les caractères de contrôle sont refusés.", "Control characters are refused."),
    CURSOR_PATTERN: (
        "Curseur attendu : celui que la page précédente donne dans « next », tel quel.",
        'Cursor expected: what the page before gives as "next", unchanged.',
    ),
}
# A format that a type of ours has in bodies bears the code it has there.
_CODES: Final[dict[str, str]] = {BOUNDED_MONTH_PATTERN: "month"}
# Identifiers differ in the signs they allow after the first.
_IDENTIFIER: Final = "^[A-Za-z0-9][A-Za-z0-9._"
_IDENTIFIER_EXPECTED: Final = (
    "Identifiant attendu : lettres sans accent, chiffres, point, tiret ; une lettre ou un chiffre d'abord.",
    "Identifier expected: unaccented letters, digits, dots, hyphens; a letter or a digit first.",
)
# Bounds that a declaration may hold; anything else of an error's context could come from the request.
_SAFE_CONTEXT: Final = frozenset({"min_length", "max_length", "expected", "expected_tags", "gt", "ge", "lt", "le"})

# The errors of a union whose kinds a field tells apart.
_TAGS: Final = frozenset({"union_tag_invalid", "union_tag_not_found"})
# How Python shows a member of an enumeration.
_MEMBER: Final = re.compile(r"<\w+\.\w+: ('[^']*')>")
# And a value type of ours.
_VALUE: Final = re.compile(r"\A\w+\('([^']*)'\)\Z")
# The kind of message that a union was read as stands in a location, and in no body.
_KIND: Final = re.compile(r"\Afr\.psc\.[a-z.-]+\.v[0-9]+\Z")


def problem_of(errors: Sequence[Mapping[str, Any]]) -> Problem:
    """The 422 of a request that does not have the declared shape.

    >>> problem_of([{"type": "missing", "loc": ("body", "month")}]).body()["errors"]
    [{'pointer': '/month', 'detail': 'Champ obligatoire.', 'code': 'missing'}]
    """
    return invalid([_field(error) for error in errors[:MAX_ERRORS]])


def invalid(errors: Sequence[FieldError]) -> Problem:
    """The 422 of a request of which these fields are refused."""
    return Problem(
        422,
        "validation",
        "Demande invalide",
        "Invalid request",
        detail_fr="Un ou plusieurs champs sont refusés.",
        detail_en="One or more fields are refused.",
        errors=errors,
    )


def _field(error: Mapping[str, Any]) -> FieldError:
    kind, context = str(error["type"]), error.get("ctx", {})
    pair = _format_expected(context) or _DETAILS.get(kind) or MESSAGES.get(kind) or _own_message(error)
    bounds = {name: _bound(value) for name, value in context.items() if name in _SAFE_CONTEXT}
    try:
        french, english = (text.format_map(bounds) for text in pair)
    except (KeyError, ValueError, IndexError):
        french, english = _INVALID
    # The field that tells the kinds apart is named by the declaration, and is not in the place of such an error.
    field = (str(context["discriminator"]).strip("'"),) if kind in _TAGS else ()
    code = _CODES.get(str(context.get("pattern", "")), kind)
    return FieldError(pointer((*error["loc"], *field)), french.replace("' or '", "' ou '"), english, code)


def codes() -> dict[str, tuple[str, str]]:
    """What each code of `errors[]` says in French and English; {…} are bounds of the declaration."""
    return _DETAILS | MESSAGES


def _format_expected(context: Mapping[str, Any]) -> tuple[str, str] | None:
    pattern = str(context.get("pattern", ""))
    return _IDENTIFIER_EXPECTED if pattern.startswith(_IDENTIFIER) else _PATTERNS.get(pattern)


def _bound(value: object) -> str:
    """A bound as a person writes it: 30 and not 30.0.

    >>> _bound(30.0), _bound(0.5), _bound("<Kind.A: 'A'>"), _bound("Money('0.00')")
    ('30', '0.5', "'A'", '0.00')
    """
    whole = isinstance(value, float) and value.is_integer()
    return _VALUE.sub(r"\1", _MEMBER.sub(r"\1", f"{value:.0f}" if whole else str(value)))


def _own_message(error: Mapping[str, Any]) -> tuple[str, str]:
    """The message of a `PydanticCustomError("code", "{message}", {"message": …})`, which its writer vouches for."""
    message = error.get("ctx", {}).get("message")
    return (str(message).replace("{", "{{").replace("}", "}}"),) * 2 if message else _INVALID


def pointer(location: Sequence[object]) -> str:
    """A JSON pointer into the body; `/query/…`, `/path/…` and `/header/…` for the rest.

    >>> pointer(("body", "leaves", 0, "end")), pointer(("query", "limit")), pointer(("body",))
    ('/leaves/0/end', '/query/limit', '')
    >>> pointer(("body", "fr.psc.partner.benefit.paid.v1", "data", "amount"))
    '/data/amount'
    """
    parts = [text for part in location if not _KIND.match(text := str(part))]
    if parts and parts[0] == "body":
        parts = parts[1:]
    return "".join("/" + masked(part)[:MAX_NAME].replace("~", "~0").replace("/", "~1") for part in parts)
