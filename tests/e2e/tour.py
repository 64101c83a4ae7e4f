"""The tour of the README as commands and the answers it shows, and a shell to type them in."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Self

from tests.postgres import ROOT

ADDRESS: Final = "http://127.0.0.1:8080"
# `make` with the environment it makes, which the tests run in.
MAKE: Final = 'make() { .venv/bin/relais "${@: -1}"; }'
_END: Final = "\x1e"


@dataclass(frozen=True, slots=True)
class Step:
    """One command of the tour, under its bold title, and the answer it shows, if any."""

    title: str
    command: str
    answer: str

    def matches(self, said: str) -> bool:
        """Whether this was answered: spaces do not count, `…` stands for anything."""
        shown = [re.escape(_bare(part)) for part in self.answer.split("…")]
        return re.fullmatch(".*".join(shown), _bare(said)) is not None


def steps(readme: str) -> Iterator[Step]:
    """Those of the chapter « A tour »."""
    chapter = readme.split("## A tour", 1)[1].split("\n## ", 1)[0]
    title = ""
    for text, block in re.findall(r"(.*?)```console\n(.*?)```", chapter, re.DOTALL):
        title = (re.findall(r"\*\*(.+?)\*\*", text) or [title])[-1]
        yield from _of(title, block.splitlines())


def _of(title: str, lines: list[str]) -> Iterator[Step]:
    while lines:
        command = lines.pop(0).removeprefix("$ ")
        while _goes_on(command):
            command += "\n" + lines.pop(0)
        answer = []
        while lines and not lines[0].startswith("$ "):
            answer.append(lines.pop(0))
        yield Step(title, command, "\n".join(answer))


def _goes_on(command: str) -> bool:
    """Whether a shell would wait for more.

    >>> _goes_on("call -d '{"), _goes_on("call x \\\\"), _goes_on("call x")
    (True, True, False)
    """
    try:
        shlex.split(command)
    except ValueError:
        return True
    return command.endswith("\\")


def _bare(text: str) -> str:
    return re.sub(r"\s", "", text)


class Shell:
    """A bash that keeps its variables from one command to the next."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._bash = subprocess.Popen(
            ["bash", "--norc"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._bash.communicate("exit\n")

    def type(self, command: str) -> tuple[int, str]:
        """Its exit code, and what it wrote."""
        assert self._bash.stdin is not None
        assert self._bash.stdout is not None
        self._bash.stdin.write(f"{command}\nprintf '{_END}%s\\n' \"$?\"\n")
        self._bash.stdin.flush()
        said = ""
        for line in self._bash.stdout:
            before, end, code = line.partition(_END)
            said += before
            if end:
                return int(code), said
        raise AssertionError(f"the shell ended: {said}")
