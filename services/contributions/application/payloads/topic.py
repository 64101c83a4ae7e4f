"""The topic of what employers owe and pay; its key is the employer."""

from __future__ import annotations

from typing import Final

STATEMENT_TOPIC: Final = "psc.contributions.statement.v1"
