"""The demo from its first step to its last line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from relais.api import PATIENCE_SECONDS, Refused, TooLate, Unreachable
from relais.demo import accord, capitals, contributions, hiring, insurer, invalidity, sickness
from relais.demo.report import Report, Stopped
from relais.demo.world import World, world

Step = Callable[[World], None]
STEPS: tuple[Step, ...] = (
    accord.play,
    hiring.play,
    contributions.play,
    sickness.play,
    invalidity.play,
    capitals.play,
    insurer.play,
)


def play(
    base_url: str,
    clients: Mapping[str, str],
    report: Report,
    *,
    steps: Sequence[Step] = STEPS,
    patience: float = PATIENCE_SECONDS,
) -> None:
    """Play the steps in order. What the platform refuses or never does is a failed check, and ends the demo."""
    try:
        with world(base_url, clients, report, patience=patience) as demo:
            for step in steps:
                step(demo)
    except Stopped:
        return
    except (Refused, TooLate, Unreachable, KeyError, IndexError) as error:
        report.failures.append(f"{type(error).__name__}: {error}")
        report.write(f"  ✗ {error or type(error).__name__} ; la suite n'est pas jouée")
