"""`relais accord` on files: what it accepts, what it refuses, what it says differs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from relais.commands.accord import app
from tests.services.agreements.accord import EXAMPLES, LRSY, changed

REAL = str(EXAMPLES / f"{LRSY}.yaml")
SCHEME = str(EXAMPLES / "pays-de-la-loire-2024.yaml")


def run(*arguments: str) -> tuple[int, str]:
    """Exit code (1 for a refusal) and everything said."""
    done = CliRunner().invoke(app, list(arguments), env={"COLUMNS": "400"})
    return done.exit_code, f"{done.output}{done.exception or ''}"


def written(folder: Path, change: dict[str, Any], name: str = "accord.json") -> str:
    path = folder / name
    content = changed(change)
    path.write_text(json.dumps(content) if path.suffix == ".json" else yaml.safe_dump(content), encoding="utf-8")
    return str(path)


def test_the_real_accord_has_doubts_and_no_error() -> None:
    code, said = run("validate", REAL)
    assert code == 0
    assert "0 erreur(s), 12 doute(s)" in said
    assert "référentiel de Relais S13" in said
    assert "référentiel de Relais S6" in said
    assert "rulebook" not in said
    late = set(re.findall(r"La délibération de (.+) est postérieure à la signature", said))
    assert {"Ville de La Roche-sur-Yon", "CCAS de La Roche-sur-Yon"} < late, "each by its name"


def test_a_regional_scheme_is_called_one_and_its_structure_is_checked(tmp_path: Path) -> None:
    assert run("validate", SCHEME) == (0, f"{SCHEME} : régime régional, de structure valide\n")
    code, said = run("diff", SCHEME, REAL)
    assert (code, "c'est un régime régional, non un accord local" in said) == (1, True)
    broken = tmp_path / "scheme.yaml"
    broken.write_text(Path(SCHEME).read_text().replace('"0.9000", ', '"ninety", '))
    code, said = run("validate", str(broken))
    assert (code, "/levels/0" in said) == (1, True), said


def test_an_error_makes_the_command_fail(tmp_path: Path) -> None:
    code, said = run("validate", written(tmp_path, {"/guarantees/0/rates/0/employer_share": "0.4"}), "--scheme", SCHEME)
    assert code == 1
    assert "2 erreur(s)" in said
    assert "L. 827-11" in said


@pytest.mark.parametrize(
    ("change", "said"),
    [({"/surprise": 1}, "/surprise : Champ inconnu."), ({"/employers/0/siret": "1"}, "/employers/0/siret : SIRET")],
)
def test_what_is_no_accord_names_its_place(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    code, output = run("validate", written(tmp_path, change))
    assert code == 1
    assert said in output


@pytest.mark.parametrize("suffix", ["yaml", "json"])
@pytest.mark.parametrize(
    "content",
    [
        b"a: [",
        b"- 1\n",
        b"\xff\xfe\xfa",
        b'{"agreement": "a", "agreement": "b"}',
        b'{"agreement": ' + b"9" * 5000 + b"}",
        b'{"agreement": ' + b"[" * 5000 + b"]" * 5000 + b"}",
        b'{"agreement": "' + b"x" * (1 << 20) + b'"}',
        b"agreement: &a [x]\nlocks: [*a, *a]\n",
        b"agreement: !!int x\n",
        b"? [1]\n: 2\n",
    ],
    ids=range(10),
)
def test_what_is_no_document(tmp_path: Path, content: bytes, suffix: str) -> None:
    path = tmp_path / f"accord.{suffix}"
    path.write_bytes(content)
    code, said = run("validate", str(path))
    assert (code, "Traceback" in said) == (1, False)
    assert "accord." in said
    assert run("validate", str(tmp_path / "none.yaml"))[0] == 1


@pytest.mark.parametrize(("name", "content"), [("a.yaml", "x: 1\ny: [1\nz: }"), ("a.json", '{"x": 1,\n"y": 2,\n}')])
def test_what_cannot_be_read_is_told_with_its_line(tmp_path: Path, name: str, content: str) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    assert "(ligne 3)" in run("validate", str(path))[1]


def test_every_term_that_changes_is_listed(tmp_path: Path) -> None:
    change = {"/guarantees/0/rates/0/rate": "0.0210", "/eligibility/return_days": 45, "/eligibility/dispense": None}
    code, said = run("diff", REAL, written(tmp_path, change, "accord.yaml"), "--scheme", SCHEME)
    assert code == 0
    rows = [line.split() for line in said.splitlines()]
    assert ["guarantees/BASE/rates/2025-01-01/rate", "0.0205", "0.0210"] in rows
    assert ["eligibility/return_days", "30", "45"] in rows
    assert "8 clause(s) changée(s)" in said


def test_a_document_does_not_differ_from_itself() -> None:
    assert run("diff", REAL, REAL) == (0, "0 clause(s) changée(s)\n")
