from __future__ import annotations

import sys

import pytest
import typer

from relais.cli import COMMANDS, app, main

GROUPS = {
    "events": ["tail", "parked", "replay", "rebuild"],
    "rules": ["show", "at"],
    "accord": ["validate", "diff"],
    "kafka": ["fetch"],
}
PAGES = [
    [],
    *([name] for name in COMMANDS),
    *([name, below] for name, all_below in GROUPS.items() for below in all_below),
]
ENGLISH = ("Show this message", "[required]", "[default", "env var", "Commands ")


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
