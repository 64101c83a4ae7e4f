"""Backups and restores of the platform that runs on this home: one archive per component."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

from kit.crypto import KeyRing
from kit.db.backup import BackupError, backup, keys_archive, restore
from kit.db.provision import ROLE_KINDS, component_url
from kit.settings import COMPONENTS, Component
from relais.credentials import Credentials
from relais.errors import CommandError
from relais.home import PRIVATE_FOLDER, Home, write_private
from relais.postgres_programs import tool
from relais.processes import CRASHED
from relais.screen import Screen

_MARKS: Final = TypeAdapter(dict[str, dict[str, str]])


def chosen(only: Sequence[str] | None) -> list[Component]:
    """The components named, or all. Raises CommandError on an unknown one.

    >>> chosen(["claims"])
    ['claims']
    """
    unknown = sorted(set(only or ()) - set(COMPONENTS))
    if unknown:
        raise CommandError(f"Composant inconnu : {', '.join(unknown)}. Connus : {', '.join(COMPONENTS)}.")
    return [name for name in COMPONENTS if not only or name in only]


def archive_of(folder: Path, component: str) -> Path:
    return folder / f"{component}.dump"


def marks_of(folder: Path) -> Path:
    """What tells which keys closed the archives of a folder, and opens nothing."""
    return folder / "keys.json"


def _prepare(folder: Path, components: Sequence[Component]) -> None:
    there = [archive_of(folder, name).name for name in components if archive_of(folder, name).exists()]
    if there:
        raise CommandError(f"{folder} contient déjà {', '.join(there)} : choisissez un autre dossier.")
    folder.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)


async def archive_all(home: Home, components: Sequence[Component], folder: Path, screen: Screen) -> None:
    """Write one archive per component, and one of its persons' keys.

    Raises CommandError before anything when the folder holds one already, and when one fails; those before it are
    whole.
    """
    admin_dsn, credentials = home.must_run().admin_dsn, Credentials.of(home)
    _prepare(folder, components)
    for component in components:
        password = credentials.databases[component]["migrator"]
        url = component_url(admin_dsn, component, "migrator", password)
        with screen.step(f"sauvegarde {component}"):
            try:
                await backup(url, archive_of(folder, component), pg_dump=tool("pg_dump"))
            except BackupError as error:
                raise CommandError(f"Sauvegarde de {component} : {error}", CRASHED) from error
    rings = {name: KeyRing.parse(credentials.key_rings[name]).marks for name in components}
    write_private(marks_of(folder), json.dumps(_closed_by(folder) | rings, indent=1))
    screen.say(f"Les clés n'y sont pas : gardez {home.secrets} ailleurs, sans lui rien ne rouvre ces archives.")


def check_rings(folder: Path, components: Sequence[Component], credentials: Credentials) -> None:
    """Raises CommandError where a ring lacks a key that closed these archives, or has another one of its name."""
    closed_by = _closed_by(folder)
    for name in components:
        mine = KeyRing.parse(credentials.key_rings[name]).marks
        if not closed_by.get(name, {}).items() <= mine.items():
            raise CommandError(
                f"Les archives de {folder} ont été fermées par d'autres clés que celles d'ici ({name}) : rien ne les"
                " rouvrirait. Arrêtez Relais, remettez le secrets.json gardé avec elles, redémarrez, recommencez."
            )


def _closed_by(folder: Path) -> dict[str, dict[str, str]]:
    """The marks of the keys, by component; of archives that came without, nothing is known."""
    file = marks_of(folder)
    if not file.exists():
        return {}
    try:
        return _MARKS.validate_json(file.read_bytes())
    except ValidationError as error:
        raise CommandError(f"{file}, qui dit quelles clés ont fermé ces archives, est illisible.") from error


async def restore_all(
    home: Home, components: Sequence[Component], folder: Path, screen: Screen, *, keys: Path | None = None
) -> None:
    """Restore each component; its feed begins a new epoch.

    Raises CommandError before anything when an archive is missing, or was closed by keys that are not here.

    `keys` is where the last archives of the keys of persons are, by default beside the data.
    """
    admin_dsn, credentials = home.must_run().admin_dsn, Credentials.of(home)
    missing = [str(archive_of(folder, name)) for name in components if not archive_of(folder, name).exists()]
    if missing:
        raise CommandError(f"Archive introuvable : {', '.join(missing)}.")
    check_rings(folder, components, credentials)
    for component in components:
        passwords = {kind: credentials.databases[component][kind] for kind in ROLE_KINDS}
        with screen.step(f"restauration {component}"):
            try:
                file = archive_of(folder, component)
                last = keys_archive(archive_of(keys or folder, component))
                await restore(admin_dsn, component, passwords, file, pg_restore=tool("pg_restore"), keys=last)
            except BackupError as error:
                said = f"{file} ne peut être restauré, {component} reste comme avant. {error}"
                raise CommandError(said, CRASHED) from error
