"""The lines of an imported file as records: JSON Lines, or CSV whose first line names the columns.

A record is one line. What is no record (another encoding, an unclosed quote, too many cells, broken JSON, an endless
line) is a reject with its line number; no line is passed over but blank ones.
"""

from __future__ import annotations

import csv
from codecs import BOM_UTF8
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec
import structlog

from kit.crypto import KeyRing
from kit.db.jobs import Chunk, Reject
from kit.errors import RelaisError
from kit.http.limits import MAX_DEPTH, deeper_than
from kit.http.problem import Problem
from kit.http.strict_json import loads
from kit.http.upload import MAX_LINE_BYTES

CSV: Final = "text/csv"
JSON_LINES: Final = "application/jsonl"
# How French software writes files; without a word about it, UTF-8.
CHARSETS: Final = ("utf-8", "windows-1252", "iso-8859-1", "iso-8859-15")
_Plain = str | bool | None
_PLAIN: Final = msgspec.json.Decoder(dict[str, _Plain | dict[str, _Plain]])
_TRUE: Final = frozenset({"oui", "true", "1"})
_FALSE: Final = frozenset({"non", "false", "0"})

log = structlog.get_logger(__name__)


class InvalidFile(RelaisError):
    """The first line of a CSV file does not name the columns of such an import."""

    code = "import_columns"
    title_fr = "Colonnes du fichier inattendues"
    title_en = "Unexpected columns"


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns a CSV of one kind may have; `flags` hold oui or non, `required` must be there."""

    names: tuple[str, ...]
    required: frozenset[str]
    flags: frozenset[str] = frozenset()


class Record(NamedTuple):
    """A line, by its number as an editor shows it: its fields, or why there are none."""

    line: int
    fields: dict[str, Any]
    refused: Reject | None = None


def header(line: bytes, columns: Columns, charset: str) -> dict[str, Any]:
    r"""What a job remembers of a CSV file. Raises InvalidFile.

    >>> header(b"\xef\xbb\xbfSIRET;nom\n", Columns(("siret", "nom"), frozenset({"nom"})), "utf-8")["columns"]
    ['siret', 'nom']
    """
    text = _text(line, charset) or ""
    delimiter = ";" if ";" in text else ","
    named = [cell.strip().lower() for cell in _cells(text, delimiter) or ()]
    unknown, missing = set(named) - set(columns.names), columns.required - set(named)
    if unknown or missing or len(set(named)) < len(named):
        lacking = f" Absentes : {', '.join(sorted(missing))}." if missing else ""
        known = f"Colonnes attendues, séparées par « ; » ou « , » : {', '.join(columns.names)}."
        raise InvalidFile(pointer="", detail_fr=known + lacking)
    flags = sorted(columns.flags & set(named))
    return {"format": CSV, "charset": charset, "columns": named, "delimiter": delimiter, "flags": flags}


def sealed(crypto: KeyRing, job: UUID, number: int, content: bytes) -> bytes:
    """A chunk as it waits in the database: its lines may name persons."""
    return crypto.encrypt(content, f"import_chunk:{job}:{number}")


def opened(chunk: Chunk, crypto: KeyRing) -> bytes:
    """The text of a sealed chunk, as it came."""
    return crypto.decrypt(chunk.content, f"import_chunk:{chunk.job.id}:{chunk.number}")


def records(chunk: Chunk, crypto: KeyRing) -> Iterator[Record]:
    """The records of a sealed chunk in their order, blank lines left out."""
    options = chunk.job.options
    plain = options["format"] == JSON_LINES and options["charset"] == "utf-8"
    for number, raw in enumerate(opened(chunk, crypto).split(b"\n"), start=chunk.first_line):
        if len(raw) > MAX_LINE_BYTES:
            yield _refused(number, "line_too_long", "Ligne trop longue.")
            continue
        if plain and (read := at_once(raw)) is not None:
            yield Record(number, read)
            continue
        text = _text(raw, options["charset"])
        if text is not None and not text.strip():
            continue
        if text is None:
            yield _refused(number, "encoding", f"La ligne n'est pas en {options['charset'].upper()}.")
        elif options["format"] == CSV:
            yield _of_cells(number, text, options)
        else:
            yield _of_json(number, text)


@contextmanager
def by_itself(line: int, rejects: list[Reject]) -> Iterator[None]:
    """What nobody expected while a line was read refuses that line, with its number, and not all of its file.

    For what reads only: after an error of the database its transaction is good for nothing.
    """
    try:
        yield
    except Exception:
        log.exception("import_line_unread", line=line)
        rejects.append(Reject(line, "/", "unexpected_error", "Erreur inattendue à la lecture de la ligne."))


def _of_cells(number: int, text: str, options: dict[str, Any]) -> Record:
    cells, columns = _cells(text, options["delimiter"]), options["columns"]
    if cells is None or len(cells) != len(columns):
        return _refused(number, "unreadable", "La ligne n'a pas les colonnes annoncées.")
    fields: dict[str, Any] = {
        name: stripped for name, cell in zip(columns, cells, strict=True) if (stripped := cell.strip())
    }
    for name in fields.keys() & set(options["flags"]):
        fields[name] = _flag(fields[name])
    return Record(number, fields)


def _of_json(number: int, text: str) -> Record:
    body = text.encode()
    if deeper_than(body, MAX_DEPTH):
        return _refused(number, "too_deep", "La ligne imbrique trop de niveaux.")
    try:
        value = loads(body)
    except Problem as problem:
        return _refused(number, problem.code, f"{problem.title['fr']}.")
    if not isinstance(value, dict):
        return _refused(number, "dict_type", "Un objet JSON est attendu par ligne.")
    return Record(number, value)


def at_once(body: bytes) -> dict[str, Any] | None:
    r"""A JSON object of plain texts, flags, nulls and objects of them, as most lines are; None: to be read with care.

    Each name has two quotes, and each text: more of them tell that a name comes twice.

    >>> at_once(b'{"a": {"b": "1"}}'), at_once(b'{"a": "1", "a": true}'), at_once(b'{"a": {"b": null, "b": null}}')
    ({'a': {'b': '1'}}, None, None)
    >>> at_once(b'{"a": 1}'), at_once(rb'{"a": "\u0000"}')
    (None, None)
    """
    if b"\\" in body:
        return None
    try:
        found = _PLAIN.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return found if body.count(b'"') == _quotes(found) else None


def _quotes(members: dict[str, Any]) -> int:
    """How many quotes they are written with."""
    count = 2 * len(members)
    for value in members.values():
        if type(value) is str:
            count += 2
        elif type(value) is dict:
            count += _quotes(value)
    return count


def _refused(number: int, code: str, detail: str) -> Record:
    return Record(number, {}, Reject(number, "/", code, detail))


def _flag(cell: str) -> bool | str:
    """Oui or non; another word stays, to be refused with its field."""
    word = cell.lower()
    return True if word in _TRUE else False if word in _FALSE else cell


def _cells(text: str, delimiter: str) -> list[str] | None:
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return None


def _text(raw: bytes, charset: str) -> str | None:
    """The line without its end and byte order mark; None when it is in another encoding or holds what no text has."""
    try:
        text = raw.removeprefix(BOM_UTF8 if charset == "utf-8" else b"").decode(charset).rstrip("\r\n")
    except UnicodeDecodeError:
        return None
    return None if "\x00" in text else text  # no charset decodes to a lone surrogate


def charset_of(declared: Collection[str]) -> str:
    """The charset that the parameters of a content type name, UTF-8 when none is. Raises Problem 415 on another."""
    named = next(
        (p.partition("=")[2].strip(' "').lower() for p in declared if p.strip().startswith("charset=")), "utf-8"
    )
    if named not in CHARSETS:
        raise Problem(
            415,
            "unsupported_charset",
            "Jeu de caractères refusé",
            "Unsupported charset",
            detail_fr=f"Jeux de caractères admis : {', '.join(CHARSETS)}.",
            detail_en=f"Charsets accepted: {', '.join(CHARSETS)}.",
        )
    return named
