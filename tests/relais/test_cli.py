from __future__ import annotations

import pytest
import typer

from relais.cli import COMMANDS, app


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_offers_only_what_relais_does(name: str) -> None:
    root = typer.main.get_command(app)
    command = root.get_command(typer.Context(root), name)  # type: ignore[attr-defined]
    assert not {"install_completion", "show_completion"} & {parameter.name for parameter in command.params}
