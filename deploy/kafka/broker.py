"""One Kafka broker on this machine, from jars that Maven resolves by their coordinates.

    python -m deploy.kafka.broker get                       copy the jars to .kafka/lib (once)
    python -m deploy.kafka.broker run [--port N] [--data D] run until interrupted; data under .kafka/data by default
    python -m deploy.kafka.broker topics --bootstrap H:P    create the topics of topics.yaml that are missing

Any Java from 17 on runs it. It listens on 127.0.0.1 only.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import ctypes
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Final

from relais.ports import free_port

ROOT: Final = Path(__file__).resolve().parents[2]
HERE: Final = Path(__file__).resolve().parent
KAFKA: Final = ROOT / ".kafka"
JARS: Final = KAFKA / "lib"
PORT: Final = 9092
ADMIN: Final = "admin"
START_SECONDS: Final = 120.0
STOP_SECONDS: Final = 30.0
HEAP: Final = "-Xmx256m"
# A small machine starts it sooner and runs it as fast.
LEAN: Final = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn")
_JVM: Final = (HEAP, *LEAN)
_PR_SET_PDEATHSIG: Final = 1
_ESCAPES: Final = re.compile(r"\x1b\[[0-9;]*m")


class BrokerError(RuntimeError):
    """The broker cannot be had or started; the message says why."""


def missing(jars: Path = JARS) -> str | None:
    """What this machine lacks to run a broker, or None."""
    if shutil.which("java") is None:
        return "java 17 or later is not on the path"
    if not any(jars.glob("kafka_2.13-*.jar")):
        return f"no Kafka jars in {jars}: python -m deploy.kafka.broker get"
    return None


def get(jars: Path = JARS) -> None:
    """Copy the jars there. Needs `mvn`; about 54 MB. Raises BrokerError with what Maven said."""
    if shutil.which("mvn") is None:
        raise BrokerError("Maven (mvn) is not on the path")
    goal = ["dependency:copy-dependencies", f"-DoutputDirectory={jars}"]
    command = ["mvn", "-q", "-B", "-Dstyle.color=never", "-f", str(HERE / "pom.xml"), *goal]
    # Maven ends with escape codes wherever it writes: what it says is shown without them, and when it fails alone.
    done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - our own arguments
    if done.returncode:
        raise BrokerError(_ESCAPES.sub("", done.stdout + done.stderr).strip() or f"Maven ended with {done.returncode}")


class Broker:
    """A broker with its data in one folder. `port` None takes a free one and keeps it between starts.

    With `users` (name: password, `admin` among them) it asks who connects (SCRAM-SHA-512) and denies what no rule
    allows (acls.py); without, it trusts whoever reaches it.
    """

    def __init__(
        self, data: Path, *, port: int | None = None, jars: Path = JARS, users: Mapping[str, str] | None = None
    ) -> None:
        self.port = port or free_port()
        self._users = dict(users or {})
        assert not self._users or ADMIN in self._users, "somebody has to give the others their rights"
        self._controller_port = free_port()
        self._data = data
        self._jars = jars
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self._process is not None, "not started"
        return self._process.pid

    def start(self) -> None:
        """Format the folder the first time, start, and wait for the port. Raises BrokerError."""
        if (lack := missing(self._jars)) is not None:
            raise BrokerError(lack)
        self._data.mkdir(parents=True, exist_ok=True)
        properties = self._data / "server.properties"
        parts = ["server.properties", *(["users.properties"] if self._users else [])]
        properties.touch(mode=0o600)
        properties.write_text(
            Template("\n".join((HERE / part).read_text() for part in parts)).substitute(
                port=self.port,
                controller_port=self._controller_port,
                data=self._data / "logs",
                password=self._users.get(ADMIN, ""),
            )
        )
        if not (self._data / "logs" / "meta.properties").exists():
            cluster = self._java("kafka.tools.StorageTool", "random-uuid", capture=True).strip()
            known = [f"SCRAM-SHA-512=[name={user},password={password}]" for user, password in self._users.items()]
            scram = [word for one in known for word in ("--add-scram", one)]
            self._java("kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(properties), *scram, capture=True)
        with (self._data / "server.log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own arguments
                self._command("kafka.Kafka", str(properties)),
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=_end_with_parent,  # noqa: PLW1509 - one system call, before any thread of the child
            )
        self._wait_for_port()

    def stop(self) -> None:
        """In order, as an operator would."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """At once, as a power cut would."""
        self._end(signal.SIGKILL)

    def wait(self) -> int:
        """Until it ends by itself; its exit status."""
        assert self._process is not None, "not started"
        return self._process.wait()

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def _wait_for_port(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise BrokerError(f"Kafka ended at once: see {self._data / 'server.log'}")
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 0.2):
                return
            time.sleep(0.05)
        self.kill()
        raise BrokerError(f"Kafka did not listen within {START_SECONDS:.0f} s: see {self._data / 'server.log'}")

    def _command(self, *arguments: str) -> list[str]:
        return ["java", *_JVM, "-cp", f"{self._jars}/*", *arguments]

    def _java(self, *arguments: str, capture: bool) -> str:
        done = subprocess.run(self._command(*arguments), check=True, capture_output=capture, text=True)  # noqa: S603 - our own arguments
        return done.stdout or ""


def _end_with_parent() -> None:
    """The broker ends with the process that started it, however that one ends (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _run(port: int, data: Path) -> int:
    broker = Broker(data, port=port)
    signal.signal(signal.SIGTERM, lambda *_: os.kill(os.getpid(), signal.SIGINT))
    broker.start()
    sys.stdout.write(f"{broker.bootstrap}\n")
    sys.stdout.flush()
    try:
        return broker.wait()
    except KeyboardInterrupt:
        broker.stop()
        return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line above."""
    parser = argparse.ArgumentParser(prog="python -m deploy.kafka.broker", description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("get")
    run = actions.add_parser("run")
    run.add_argument("--port", type=int, default=PORT)
    run.add_argument("--data", type=Path, default=KAFKA / "data")
    topics = actions.add_parser("topics")
    topics.add_argument("--bootstrap", default=f"127.0.0.1:{PORT}")
    topics.add_argument("--replication", type=int, help="copies of each topic; by default those of topics.yaml")
    topics.add_argument("--insurer", action="append", default=[], help="create the topics of this partner too")
    asked = parser.parse_args(arguments)
    if asked.action == "get":
        get()
    elif asked.action == "run":
        return _run(asked.port, asked.data)
    else:
        from deploy.kafka.topics import create, declared  # noqa: PLC0415 - aiokafka is not needed to get or run

        made = asyncio.run(create(asked.bootstrap, declared(asked.insurer), replication=asked.replication))
        sys.stdout.writelines(f"{name}\n" for name in made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
