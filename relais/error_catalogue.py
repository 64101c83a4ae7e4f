"""Every error that the platform answers with, read from the code: refusals of the domain, problems raised in place."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from kit.errors import declared
from kit.http.validation import codes

ROOT: Final = Path(__file__).resolve().parents[1]
FOLDERS: Final = ("kit", "services", "gateway")
INTRODUCTION: Final = """\
# Errors

Every error is `application/problem+json` (RFC 9457) with a stable `code`; `type` is `urn:relais:problem:<code>`. Titles
are French, or English by `Accept-Language: en`. `errors[]` names the fields at fault by JSON pointers and never repeats
their values; `retry_in` is there when trying again may help. Generated from the code by `python -m relais.contracts`.

| code | status | titre | title |
|---|---|---|---|
"""
FIELDS: Final = """
## Fields

What `errors[].code` says of a field, besides the codes above; {…} is a bound of the field's declaration.

| code | détail | detail |
|---|---|---|
"""


@dataclass(frozen=True, slots=True, order=True)
class Error:
    """One line of the catalogue."""

    code: str
    status: int
    title_fr: str
    title_en: str


def catalogue() -> list[Error]:
    """By code. Every component is to be imported before, so that its refusals are declared."""
    refusals = {
        Error(one.code, one.status, one.title_fr, one.title_en)
        for one in declared()
        if one.__module__.split(".")[0] in FOLDERS
    }
    return sorted(refusals | set(_problems()))


def as_json(errors: list[Error]) -> str:
    return json.dumps([asdict(one) for one in errors], indent=2, ensure_ascii=False) + "\n"


def as_page(errors: list[Error]) -> str:
    rows = (f"| `{e.code}` | {e.status} | {e.title_fr} | {e.title_en} |\n" for e in errors)
    fields = (f"| `{code}` | {french} | {english} |\n" for code, (french, english) in sorted(codes().items()))
    return "".join((INTRODUCTION, *rows, FIELDS, *fields))


def _problems() -> Iterator[Error]:
    """`Problem(404, "code", "titre", "title", …)`, wherever it is written out."""
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Problem":
                    told = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
                    match told:
                        case [int(status), str(code), str(french), str(english)]:
                            yield Error(code, status, french, english)
