"""What paths name."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Path

ClaimId = Annotated[UUID, Path(description="Identifiant du sinistre.")]
DecisionId = Annotated[UUID, Path(description="Identifiant de la décision.")]
OverpaymentId = Annotated[UUID, Path(description="Identifiant du trop-perçu.")]
