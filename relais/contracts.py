"""The contracts of events and of the API, generated from the code into contracts/.

    python -m relais.contracts                     write contracts/: events, API, errors, the Python client
    python -m relais.contracts --check             fail when they differ from the code, or break those of the release
    python -m relais.contracts --check --since v1  the same, compared with a commit or a tag as well
    python -m relais.contracts --release           write, and keep what is written as the release
    python -m relais.contracts --unreleased        the same, whatever it breaks: nobody relies on the release yet

What outsiders rely on is kept in contracts/released.json.gz, and all that is written or checked is held against it.
Inside a version only optional additions are accepted; the way out is a new major version beside the old one.
"""

from __future__ import annotations

import argparse
import gzip
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from kit.app import VERSION
from kit.events.envelope import EventData
from kit.events.schema import asyncapi, data_schema, envelope_schema, incompatibilities
from kit.settings import COMPONENTS
from relais import python_client
from relais.api_contract import breaking_changes, lost_errors, merged_document
from relais.error_catalogue import as_json, as_page, catalogue
from relais.partner_topics import as_page as events_page
from relais.partner_topics import with_partners

ROOT: Final = Path(__file__).resolve().parents[1]
FOLDER: Final = ROOT / "contracts"
EVENTS: Final = "events"
ASYNCAPI, OPENAPI, ERRORS = "asyncapi.json", "openapi.json", "errors.json"
ERROR_PAGE, EVENT_PAGE = "errors.md", "events.md"
SINGLE: Final = (ASYNCAPI, EVENT_PAGE, OPENAPI, ERRORS, ERROR_PAGE, python_client.MODELS, python_client.CLIENT)

RELEASED: Final = "released.json.gz"

Published = Mapping[str, Sequence[type[EventData]]]
# What finds the changes that break, by file; every event has its own.
BREAKING: Final[Mapping[str, Callable[[Any, Any], Iterator[str]]]] = {OPENAPI: breaking_changes, ERRORS: lost_errors}


def published() -> dict[str, tuple[type[EventData], ...]]:
    """What each component publishes. Asserts that a type has one publisher, who owns its name."""
    found: dict[str, tuple[type[EventData], ...]] = {}
    owner: dict[str, str] = {}
    for component in COMPONENTS:
        module = import_module("gateway.events" if component == "gateway" else f"services.{component}.events")
        found[component] = tuple(getattr(module, "PUBLISHES", ()))
        for model in found[component]:
            assert model.type not in owner, f"{model.type}: published by {owner[model.type]} and {component}"
            owner[model.type] = component
    return found


def generated(models: Published) -> dict[str, str]:
    """Every file of contracts/ about events, by its path there."""
    document = with_partners(asyncapi(models, version=VERSION))
    files = {
        f"{EVENTS}/envelope.json": _text(envelope_schema()),
        ASYNCAPI: _text(document),
        EVENT_PAGE: events_page(document),
    }
    for model in (model for of_component in models.values() for model in of_component):
        files[f"{EVENTS}/{model.type}.json"] = _text(data_schema(model))
    return files


def described() -> dict[str, str]:
    """Every file of contracts/ about the API, by its path there."""
    api = merged_document()  # imports every component, so that the catalogue knows all their refusals
    errors = catalogue()
    files = {OPENAPI: _text(api), ERRORS: as_json(errors), ERROR_PAGE: as_page(errors)}
    return files | python_client.generated(api)


def breaking(files: Mapping[str, str], earlier: Mapping[str, str]) -> Iterator[str]:
    """What breaks those who rely on the earlier files, by their names in contracts/."""
    for name, text in sorted(earlier.items()):
        changes = BREAKING.get(name, incompatibilities if name.startswith(f"{EVENTS}/") else None)
        if changes is None:
            continue
        if name not in files:
            yield f"{name}: no longer published"
            continue
        yield from (f"{name}: {change}" for change in changes(json.loads(text), json.loads(files[name])))


def drift(files: Mapping[str, str], folder: Path) -> Iterator[str]:
    """Files that are not what the code says."""
    for name in sorted(set(files) | set(_names(folder))):
        path = folder / name
        if name not in files:
            yield f"{name}: left over"
        elif not path.exists():
            yield f"{name}: missing"
        elif path.read_text() != files[name]:
            yield f"{name}: out of date"


def write(files: Mapping[str, str], folder: Path) -> None:
    """Put the files there, and remove those nothing generates any more."""
    for name in set(_names(folder)) - set(files):
        (folder / name).unlink()
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


def _names(folder: Path) -> list[str]:
    """The files of contracts/ that this module owns."""
    names = [f"{EVENTS}/{path.name}" for path in (folder / EVENTS).glob("*.json")]
    return names + [name for name in SINGLE if (folder / name).exists()]


def released(folder: Path) -> dict[str, str]:
    """The files that outsiders rely on."""
    kept: dict[str, str] = json.loads(gzip.decompress((folder / RELEASED).read_bytes()))
    return kept


def keep(files: Mapping[str, str], folder: Path) -> None:
    """Let these be the files that outsiders rely on."""
    relied_on = {name: text for name, text in files.items() if name in BREAKING or name.startswith(f"{EVENTS}/")}
    (folder / RELEASED).write_bytes(gzip.compress(json.dumps(relied_on).encode(), mtime=0))


def _in_git(reference: str) -> dict[str, str]:
    """The contracts as of a commit or a tag of this repository."""

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(ROOT), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 - our own arguments

    names = [f"contracts/{name}" for name in (f"{EVENTS}/", *BREAKING)]
    listed = git("ls-tree", "-r", "--name-only", reference, *names).split()
    return {path.removeprefix("contracts/"): git("show", f"{reference}:{path}") for path in listed}


def _text(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, sort_keys=False) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line above: 0 when all is well."""
    parser = argparse.ArgumentParser(prog="python -m relais.contracts", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail on a difference")
    parser.add_argument("--since", help="commit or tag whose contracts must still hold")
    parser.add_argument("--release", action="store_true", help="keep what is written as the release")
    parser.add_argument("--unreleased", action="store_true", help="the same, whatever it breaks")
    asked = parser.parse_args(arguments)
    files = generated(published()) | described()
    found = [] if asked.unreleased else list(breaking(files, released(FOLDER)))
    if asked.since:
        found += breaking(files, _in_git(asked.since))
    if asked.check:
        found += drift(files, FOLDER)
    elif not found:
        write(files, FOLDER)
        if asked.release or asked.unreleased:
            keep(files, FOLDER)
    sys.stderr.writelines(f"contracts: {line}\n" for line in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
