"""`relais run` over Apache Kafka, with real processes: the demo is green there too."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kit.events.kafka import transports
from tests.relais.running import new_command, platform_running
from tests.waiting import until


@pytest.mark.timeout(240)
@pytest.mark.parametrize("transport", [name for name in transports() if name == "kafka"])
def test_the_demo_is_green(transport: str, tmp_path: Path) -> None:
    command = new_command(tmp_path, transport)
    with platform_running(command):
        played = command.run("demo")
        assert played.returncode == 0, played.stdout + played.stderr
        assert " juste(s), 0 fausse(s)" in played.stdout
    until(lambda: not command.left_behind(), "the end of every process")
    command.run("reset")
