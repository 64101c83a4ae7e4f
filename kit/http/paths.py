"""What paths name that more than one service knows."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Path

from kit.http.types import Code, SiretText

EmployerPath = Annotated[SiretText, Path(description="SIRET de l'employeur.")]
AgreementPath = Annotated[Code, Path(description="Identifiant de l'accord.")]
InsurerPath = Annotated[Code, Path(description="Code de l'assureur.")]
JobId = Annotated[UUID, Path(description="Identifiant de l'opération en cours, ou finie.")]
