"""`relais`, the command. What a subcommand needs is imported when it is called, so that `relais token` stays quick."""

from __future__ import annotations

import importlib
import os
import signal
import sys
from typing import Annotated, Any, Final, NoReturn

import typer
from rich.console import Console
from typer.core import TyperGroup

from relais.errors import USAGE, CommandError
from relais.french import SUBCOMMAND, speak_french, system_said

COMMANDS = (
    "run",
    "demo",
    "token",
    "clients",
    "users",
    "keys",
    "sandbox",
    "events",
    "rules",
    "verify",
    "audit",
    "person",
    "accord",
    "explain",
    "migrate",
    "generate",
    "backup",
    "restore",
    "secrets",
    "kafka",
    "reset",
)


# As of a program that SIGPIPE ends.
NOBODY_READS: Final = 128 + signal.SIGPIPE
HELP_OPTION = "Montrer cette aide."


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
        _explain_help(command)
        return command


def _explain_help(command: Any) -> None:
    """`--help`, described in French, of a command and of those below it."""
    command.get_help_option(typer.Context(command)).help = HELP_OPTION
    if hasattr(command, "subcommand_metavar"):
        command.subcommand_metavar = SUBCOMMAND
    for below in getattr(command, "commands", {}).values():
        _explain_help(below)


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Relais : la prévoyance des agents publics territoriaux, sur cette machine.",
)


@app.callback()
def _root(
    home: Annotated[
        str | None,
        typer.Option(metavar="DOSSIER", help="Où sont les données de la plateforme (RELAIS_HOME), .relais sinon."),
    ] = None,
) -> None:
    if home is not None:
        os.environ["RELAIS_HOME"] = home


def main() -> None:
    """Entry point: a refusal is one sentence on the error output and an exit code, never a stack trace.

    Nobody may read the output to its end, as in `relais rules at 2026-01-01 | head`: it stops then without a word.
    """
    try:
        _obey()
    except SystemExit as ended:
        if not isinstance(ended.__context__, BrokenPipeError) and _is_read():
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.exit(NOBODY_READS)


def _is_read() -> bool:
    """Whether what is left to print could be printed."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        return False
    return True


def _obey() -> None:
    speak_french()
    command = typer.main.get_command(app)
    _explain_help(command)
    try:
        command()
    except CommandError as error:
        _refuse(str(error), error.exit_code)
    except OSError as error:
        if error.filename is None:
            raise
        _refuse(f"{error.filename} : {system_said(error)}.", USAGE)


def _refuse(sentence: str, code: int) -> NoReturn:
    Console(stderr=True, highlight=False).print(sentence, markup=False, soft_wrap=True)
    sys.exit(code)


if __name__ == "__main__":
    main()
