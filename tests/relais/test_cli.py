from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
import typer

from relais.cli import COMMANDS, NOBODY_READS, app, main
from relais.errors import USAGE
from rules.book import RuleBook

GROUPS = {
    "events": ["tail", "parked", "replay", "rebuild"],
    "rules": ["show", "at"],
    "accord": ["validate", "diff"],
    "sandbox": ["run", "create", "reset"],
    "keys": ["list", "rotate", "renew", "forget", "rotate-signing-key"],
    "kafka": ["fetch"],
    "person": ["export", "restrict", "release", "erase", "purge"],
}
PAGES = [
    [],
    *([name] for name in COMMANDS),
    *([name, below] for name, all_below in GROUPS.items() for below in all_below),
]
TYPES = ("<bool", "<str", "<int", "<list", "<path", "<%")
ENGLISH = (*TYPES, "Show this message", "[required]", "[default", "env var", "Commands ")


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_offers_only_what_relais_does(name: str) -> None:
    root = typer.main.get_command(app)
    command = root.get_command(typer.Context(root), name)  # type: ignore[attr-defined]
    assert not {"install_completion", "show_completion"} & {parameter.name for parameter in command.params}


@pytest.mark.parametrize("page", PAGES, ids=" ".join)
def test_help_is_french_and_of_one_look(
    page: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["relais", *page, "--help"])
    with pytest.raises(SystemExit) as ended:
        main()
    shown = capsys.readouterr().out
    assert ended.value.code == 0
    assert "╭─ Options" in shown
    assert "Montrer cette aide." in shown
    assert [words for words in ENGLISH if words in shown] == []


def typed(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> tuple[object, str, str]:
    """Exit code, standard output and error output of a command whose output is no terminal."""
    monkeypatch.setattr(sys, "argv", ["relais", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr()
    return ended.value.code, said.out, said.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nope"], "Commande inconnue : 'nope'."),
        (["rules", "show"], "Il manque l'argument 'RÈGLE'."),
        (["rules", "at", "demain"], "Valeur refusée pour 'DATE' : AAAA-MM-JJ est attendu."),
        (["rules", "show", "x", "y"], "Argument en trop : y."),
        (["rules", "show", "--x"], "Option inconnue : --x"),
        (["events", "tail", "--client"], "L'option '--client' attend une valeur."),
        (["run", "--port", "x"], "Valeur refusée pour '--port' : un nombre entier est attendu."),
        (["restore", "/nowhere"], "Valeur refusée pour 'DOSSIER' : ce chemin n'existe pas."),
        (["rules", "at", "1850-01-01"], "Aucune règle n'a de valeur connue au 1850-01-01."),
        (
            ["accord", "diff", "examples/accords/organisations.yaml", "examples/accords/organisations.yaml"],
            "ce n'est pas un accord",
        ),
        (["accord", "validate", "nowhere.yaml"], "nowhere.yaml : ce fichier n'existe pas"),
        (["accord", "validate", "examples"], "examples : ce n'est pas un fichier"),
        (
            ["clients", "add", "x", "--name", "x", "--scope", "no:such"],
            "Portée inconnue : no:such. Connues : agents:read,",
        ),
        (["person", "export", "nope"], "Valeur refusée pour 'AGENT' : un identifiant (UUID) est attendu."),
        (
            ["users", "add", "x", "--name", "x", "--organisation", "x", "--role", "EMPLOYER"],
            "ne représenterait personne",
        ),
        (
            ["users", "add", "x", "--name", "x", "--organisation", "x", "--role", "CHEF"],
            "Rôle inconnu : CHEF. Connus : ADMINISTRATOR,",
        ),
        (["explain", "affiliation", "X", "--on", "hier"], "Valeur refusée pour '--on' : AAAA-MM-JJ est attendu."),
        (["generate", "--agents", "0"], "Valeur refusée pour '--agents' : 1 au moins est attendu."),
        (["generate", "--agents", "2", "--employers", "10", "--out", "/dev/null/region"], "Région impossible"),
        (["generate", "--day", "1950-01-01", "--out", "/dev/null/region"], "rien n'est connu de la paie au 01/01/1950"),
        (["restore", "."], "Personne ne peut confirmer ici : ajoutez --yes."),
        (
            ["generate", "--agents", "20", "--employers", "1", "--out", "/dev/null/region"],
            "/dev/null/region : ce n'est pas un dossier.",
        ),
    ],
)
def test_a_command_that_cannot_be_run_says_so_in_french(
    arguments: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, error = typed(arguments, monkeypatch, capsys)
    assert code == USAGE
    assert said in error


def test_a_table_that_is_piped_has_a_line_for_each_row(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, shown, _ = typed(["rules", "list"], monkeypatch, capsys)
    head, *lines = shown.splitlines()
    assert code == 0
    assert head.split() == ["règle", "unité", "libellé"]
    assert [line.split()[0] for line in lines] == [rule.id for rule in RuleBook.load()]
    assert all(line == line.rstrip() for line in lines)
    assert "EUR" not in shown


@pytest.mark.parametrize("command", ["rules list", "rules at 2026-01-01", "--help"])
def test_a_command_whose_reader_went_away_ends_without_a_word(command: str) -> None:
    read, write = os.pipe()
    os.close(read)
    said = subprocess.run(
        [sys.executable, "-m", "relais.cli", *command.split()], stdout=write, stderr=subprocess.PIPE, check=False
    )
    os.close(write)
    assert (said.returncode, said.stderr) == (NOBODY_READS, b"")


def test_a_rule_is_shown_with_what_its_confidence_means(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _, shown, _ = typed(["rules", "show", "cnracl.employee.tib"], monkeypatch, capsys)
    assert "V : lue dans la source citée" in shown.splitlines()


@pytest.mark.parametrize(("day", "ceiling"), [("2025-12-31", "3925.00"), ("2026-01-01", "4005.00")])
def test_the_law_of_a_day_is_shown(
    day: str, ceiling: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every rule that has a value then, and no other, each with the value of that day."""
    code, shown, _ = typed(["rules", "at", day], monkeypatch, capsys)
    on, book = date.fromisoformat(day), RuleBook.load()
    known = [rule.id for rule in book if any(v.start <= on and (v.end is None or on <= v.end) for v in rule.values)]
    lines = {line.split()[0]: line for line in shown.splitlines()[2:]}
    assert (code, list(lines)) == (0, known)
    assert ("référentiel de Relais §5.2" in shown, "rulebook" in shown) == (True, False), "by its name"
    assert ("participation.health.floor" in lines) == (day >= "2026-01-01")
    assert ceiling in lines["pss.monthly"].split()


def test_a_region_is_generated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """tests/relais/test_synthetic.py looks at what is in it."""
    folder = tmp_path / "region"
    order = ["generate", "--agents", "30", "--employers", "2", "--seed", "7", "--out", str(folder)]
    code, _, said = typed(order, monkeypatch, capsys)
    region = json.loads((folder / "region.json").read_text())
    assert (code, region["written"]["agents"], region["seed"]) == (0, 30, 7)
    assert f"30 agents et {region['written']['leaves']} congés" in " ".join(said.split())
    assert len((folder / "agents.jsonl").read_text().splitlines()) == 30
    again, _, refused = typed(order, monkeypatch, capsys)
    assert (again, "n'est pas vide" in " ".join(refused.split())) == (USAGE, True)


def test_a_restore_asks_first_on_a_terminal(tmp_path: Path) -> None:
    terminal, other_end = os.openpty()
    os.write(terminal, b"peut-\xc3\xaatre\nNon\n")
    command = [sys.executable, "-m", "relais.cli", "restore", str(tmp_path)]
    said = subprocess.run(command, stdin=other_end, capture_output=True, text=True, check=False)
    os.close(terminal)
    os.close(other_end)
    assert (said.returncode, "Remplacer les données actuelles" in said.stderr) == (USAGE, True)
    assert "Répondez o (oui) ou n (non)." in said.stderr
    assert said.stderr.splitlines()[-1].endswith("Rien n'est restauré.")
