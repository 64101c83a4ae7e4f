"""The folder of one platform on one machine (`RELAIS_HOME`): what lies in it, and who holds it."""

from __future__ import annotations

import fcntl
import json
import os
import shlex
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Self

from relais.errors import CommandError
from relais.french import system_said
from relais.ports import LOOPBACK

DEFAULT = ".relais"
# A platform that was killed leaves its guard a few seconds to end the rest; whoever starts next waits for it.
HANDOVER_SECONDS = 20.0
# After so long whoever waits is told.
PATIENT_SECONDS = 1.0
PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700


@dataclass(frozen=True, slots=True)
class Running:
    """What a platform that is up says of itself to the commands of another shell."""

    pid: int
    ports: dict[str, int]
    admin_dsn: str = field(repr=False)
    transport: str = "feed"
    kafka_bootstrap: str = ""
    processes: dict[str, int] = field(default_factory=dict)

    @property
    def gateway(self) -> str:
        """Base URL of the gateway."""
        return f"http://{LOOPBACK}:{self.ports['gateway']}"


@dataclass(frozen=True, slots=True)
class Home:
    """Paths of one platform's data.

    >>> Home(Path("/data")).logs, Home(Path("/data")).log("claims").name
    (PosixPath('/data/logs'), 'claims.log')
    """

    root: Path
    started_by: str = "make run"

    @classmethod
    def from_environment(cls) -> Self:
        """The folder named by `RELAIS_HOME`, or `.relais` where the command was typed."""
        return cls(Path(os.environ.get("RELAIS_HOME") or DEFAULT).resolve())

    @property
    def named(self) -> str:
        """What a command typed in the same place needs before it to find this folder: nothing for the usual one.

        >>> Home(Path("/data")).named, Home(Path(".relais").resolve()).named
        ('RELAIS_HOME=/data ', '')
        """
        return "" if self.root == Path(DEFAULT).resolve() else f"RELAIS_HOME={shlex.quote(str(self.root))} "

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def secrets(self) -> Path:
        return self.root / "secrets.json"

    @property
    def state(self) -> Path:
        return self.root / "running.json"

    @property
    def lock(self) -> Path:
        return self.root / "lock"

    def log(self, component: str) -> Path:
        return self.logs / f"{component}.log"

    def prepare(self) -> None:
        """Make the folders, closed to other users. Raises CommandError where that is refused."""
        try:
            # The folder itself stays passable: as root, PostgreSQL runs under a user of its own below it.
            self.root.mkdir(parents=True, exist_ok=True)
            self.logs.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
        except OSError as error:
            raise CommandError(f"Impossible d'écrire dans {self.root} : {system_said(error)}.") from error

    @contextmanager
    def held(self) -> Iterator[int]:
        """Hold the folder, and give the lock's descriptor. Raises CommandError when another platform holds it."""
        descriptor = os.open(self.lock, os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
        try:
            self._take(descriptor)
            yield descriptor
        finally:
            os.close(descriptor)

    def _take(self, descriptor: int) -> None:
        began, told = time.monotonic(), False
        deadline = began + HANDOVER_SECONDS
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                running = self.running()
                if running is not None or time.monotonic() > deadline:
                    where = f" ({running.gateway}, processus {running.pid})" if running else ""
                    raise CommandError(
                        f"Relais tourne déjà sur {self.root}{where}. Arrêtez-le, ou donnez un autre RELAIS_HOME."
                    ) from None
                if not told and time.monotonic() > began + PATIENT_SECONDS:
                    told = True
                    sys.stderr.write(f"Relais démarre ou s'arrête déjà sur {self.root} : attente…\n")
                time.sleep(0.1)
            else:
                return

    def announce(self, running: Running) -> None:
        """Tell the commands of other shells where the platform is."""
        write_private(self.state, json.dumps(asdict(running), indent=1))

    def withdraw(self) -> None:
        self.state.unlink(missing_ok=True)

    def running(self) -> Running | None:
        """The platform that is up on this folder, if any."""
        try:
            found = Running(**json.loads(self.state.read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return None
        return found if alive(found.pid) else None

    def must_run(self) -> Running:
        """The platform that is up on this folder. Raises CommandError when there is none."""
        found = self.running()
        if found is None:
            here = "" if Path("Makefile").exists() or "make" not in self.started_by else " dans le clone"
            raise CommandError(
                f"Relais ne tourne pas sur {self.root}. Démarrez-le{here} : {self.started_by} ;"
                " s'il tourne sur un autre dossier, nommez-le : relais --home DOSSIER … ou RELAIS_HOME=DOSSIER."
            )
        return found


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner reads, whole or not at all."""
    beside = path.with_suffix(path.suffix + ".new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE_FILE)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    beside.replace(path)


def alive(pid: int) -> bool:
    """Whether a process with this number runs.

    >>> alive(os.getpid())
    True
    """
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
