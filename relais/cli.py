"""`relais`, the command. What a subcommand needs is imported when it is called, so that `relais token` stays quick."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import typer
from rich.console import Console
from typer.core import TyperGroup

from relais.errors import CommandError

COMMANDS = (
    "run",
    "demo",
    "token",
    "events",
    "rules",
    "accord",
    "migrate",
    "generate",
    "backup",
    "restore",
    "secrets",
    "kafka",
    "reset",
)


class Commands(TyperGroup):
    """The subcommands, one module of `relais.commands` each."""

    def list_commands(self, ctx: Any) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"relais.commands.{cmd_name}")
        command = typer.main.get_command(module.app)
        command.name = cmd_name
        return command


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Relais : la prévoyance des agents publics territoriaux, sur cette machine.",
)


@app.callback()
def _root() -> None:
    pass


def main() -> None:
    """Entry point: a refusal is one sentence on the error output and an exit code, never a stack trace."""
    try:
        app()
    except CommandError as error:
        Console(stderr=True, highlight=False).print(str(error), markup=False, soft_wrap=True)
        sys.exit(error.code)


if __name__ == "__main__":
    main()
