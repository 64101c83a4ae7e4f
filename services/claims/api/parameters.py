"""What paths name, and amounts that more than one operation takes."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Path
from pydantic import Field

from kit.http.types import Amount
from kit.money import Money

ClaimId = Annotated[UUID, Path(description="Identifiant du sinistre.")]
DecisionId = Annotated[UUID, Path(description="Identifiant de la décision.")]
OverpaymentId = Annotated[UUID, Path(description="Identifiant du trop-perçu.")]
# Ten times any pay: beyond, an amount of a month, or of a day, is mistyped.
MonthlyAmount = Annotated[Amount, Field(le=Money.parse("99999.99"))]
DailyAmount = Annotated[Amount, Field(le=Money.parse("999.99"))]
