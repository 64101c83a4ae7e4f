"""`relais run` over Apache Kafka, with real processes: the demo is green there too, what is restored is followed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kit.events.kafka import transports
from tests.relais import restoring
from tests.relais.running import Command, new_command, platform_running
from tests.waiting import until

MATRICULE = "APRES-SAUVEGARDE"


@pytest.mark.timeout(360)
@pytest.mark.parametrize("transport", [name for name in transports() if name == "kafka"])
def test_the_demo_is_green_and_a_restored_producer_is_followed(transport: str, tmp_path: Path) -> None:
    command = new_command(tmp_path, transport)
    with platform_running(command):
        played = command.run("demo")
        assert played.returncode == 0, played.stdout + played.stderr
        assert " juste(s), 0 fausse(s)" in played.stdout
    until(lambda: not command.left_behind(), "the end of every process")
    with platform_running(command):  # the second start: its topics and groups are there already
        assert "base " not in command.said.read_text()
        a_restored_producer_is_followed(command)
    until(lambda: not command.left_behind(), "the end of every process")
    command.run("reset", "--yes")


def a_restored_producer_is_followed(command: Command) -> None:
    """The broker keeps what the producer has lost: its consumers forget it all the same, and take what is new."""
    folder = command.home.with_name("archives")
    kept = command.run("backup", str(folder))
    assert kept.returncode == 0, kept.stderr
    lost = restoring.hire(command, MATRICULE)
    restoring.falls_sick(command, lost)
    restoring.pay(command, MATRICULE)
    restoring.is_known(command, lost)
    restoring.restore(command, folder, "--only", "eligibility")
    restoring.is_known(command, lost, everywhere=False)
    hired = restoring.hire(command, MATRICULE)
    assert hired != lost
    restoring.falls_sick(command, hired)
    restoring.is_known(command, hired)
