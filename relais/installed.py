"""Whether this installation is complete: `python -m relais.installed`, run on every image that is built."""

from __future__ import annotations

import importlib
import sys

from deploy.kafka.topics import declared
from kit.db.migrate import location
from kit.settings import COMPONENTS
from relais.plan import module_of
from rules.book import RuleBook


def gaps() -> list[str]:
    """What is missing, one sentence each."""
    found: list[str] = []
    for component in COMPONENTS:
        module = module_of(component)
        if not hasattr(importlib.import_module(module), "create_app"):
            found.append(f"{module} has no create_app")
        if not list((location(component) / "versions").glob("[0-9]*.py")):
            found.append(f"{component} has no migrations in {location(component)}")
    if not len(RuleBook.load()):
        found.append("no rules")
    if not declared():
        found.append("no topics")
    return found


if __name__ == "__main__":
    sys.exit("\n".join(gaps()) or 0)
