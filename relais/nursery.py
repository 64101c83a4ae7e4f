"""The nursery: imports once what the five processes share, then forks each of them.

Five interpreters that import the same libraries take five times two seconds on a small machine; one import and five
forks take two. Run as `python -m relais.nursery MODULE…`; orders come and news go as JSON lines over the socket on its
standard input. It only forks and reaps: who ends the processes is the supervisor, or the guard.

    → {"start": "claims", "module": "services.claims.main", "environment": {…}, "log": "…/claims.log"}
    ← {"started": "claims", "pid": 4242}
    ← {"ended": "claims", "status": -9}
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import sys
import traceback
from typing import Any

import uuid_utils

CRASHED = 1
READ_BYTES = 65_536


def main(modules: list[str]) -> None:
    """Serve until the supervisor closes the socket."""
    supervisor = socket.socket(fileno=os.dup(0))
    wake, alarm = os.pipe()
    for end in (wake, alarm):
        os.set_blocking(end, False)
    # Python answers a signal between two instructions only; the pipe wakes the select below.
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(alarm, warn_on_full_buffer=False)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    # Imports leave hardly any garbage, and looking for it takes a seventh of their time. What is here stays: a
    # collection in a child would write to every page it shares.
    gc.disable()
    for module in modules:
        importlib.import_module(module)
    gc.freeze()
    gc.enable()
    Nursery(supervisor, wake, alarm).serve()


class Nursery:
    """The loop: an order starts a process, an end of one is told."""

    def __init__(self, supervisor: socket.socket, wake: int, alarm: int) -> None:
        self._supervisor = supervisor
        self._wake = wake
        self._alarm = alarm
        self._names: dict[int, str] = {}
        self._unread = b""

    def serve(self) -> None:
        while True:
            ready, _, _ = select.select([self._supervisor.fileno(), self._wake], [], [])
            if self._wake in ready:
                os.read(self._wake, READ_BYTES)
                self._reap()
            if self._supervisor.fileno() in ready and not self._obey():
                return

    def _obey(self) -> bool:
        """Carry out the orders that have come whole; False when there will be no more."""
        received = self._supervisor.recv(READ_BYTES)
        *orders, self._unread = (self._unread + received).split(b"\n")
        for order in orders:
            self._start(json.loads(order))
        return bool(received)

    def _start(self, order: dict[str, Any]) -> None:
        pid = os.fork()
        if pid == 0:
            become(order, close=(self._supervisor.fileno(), self._wake, self._alarm))
        self._names[pid] = order["start"]
        self._tell({"started": order["start"], "pid": pid})

    def _reap(self) -> None:
        while self._names:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            self._tell({"ended": self._names.pop(pid), "status": os.waitstatus_to_exitcode(status)})

    def _tell(self, news: dict[str, Any]) -> None:
        try:
            self._supervisor.sendall(json.dumps(news).encode() + b"\n")
        except OSError:
            self._names.clear()


def become(order: dict[str, Any], close: tuple[int, ...]) -> None:
    """In the child: a session, a log, an environment and a `__main__` of its own. Never returns."""
    status = CRASHED
    try:
        os.setsid()
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        for descriptor in close:
            os.close(descriptor)
        _redirect(order["log"])
        os.environ.update(order["environment"])
        # Two children must not make the same UUIDs from one state.
        uuid_utils.reseed_rng()
        sys.argv = [order["module"]]
        sys.modules.pop(order["module"], None)
        runpy.run_module(order["module"], run_name="__main__", alter_sys=True)
        status = 0
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
        if isinstance(ended.code, str):
            sys.stderr.write(ended.code + "\n")
    except BaseException:  # noqa: BLE001 - the last words of a process go to its log, whatever ended it
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _redirect(log: str) -> None:
    """Nothing to read, and one log for all that is written."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(nothing, 0)
    os.dup2(file, 1)
    os.dup2(file, 2)
    os.close(nothing)
    os.close(file)


if __name__ == "__main__":
    main(sys.argv[1:])
