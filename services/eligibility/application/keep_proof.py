"""A proof is kept sealed until a day that is known when it comes, and purged on that day."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.clock import PARIS
from kit.crypto import KeyRing
from kit.errors import RelaisError
from kit.ids import new_id
from kit.period import add_years
from kit.recording import Recording
from rules.book import Rules
from services.eligibility.adapters import proofs
from services.eligibility.adapters.proofs import Proof
from services.eligibility.application.open_file import OpenFile

# What each type begins with: a file that says otherwise is not what it is sent as.
SIGNATURES: Final = {"application/pdf": b"%PDF-", "image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n\x1a\n"}


class Purpose(StrEnum):
    """What a file proves."""

    DISPENSE = "DISPENSE"
    PRIOR_COVER = "PRIOR_COVER"
    INVALIDITY = "INVALIDITY"
    DEATH = "DEATH"
    OTHER = "OTHER"


class ProofMismatch(RelaisError):
    """The content is not of the type the file is sent as, or there is none."""

    code = "proof_mismatch"
    title_fr = "Le fichier n'est pas du type annoncé"
    title_en = "The file is not of the type it is sent as"


class PurgeTooLate(RelaisError):
    """A proof is kept no longer than it serves, and is not purged before it came."""

    code = "purge_out_of_bounds"
    title_fr = "Date de purge hors des bornes"
    title_en = "Purge date out of bounds"


@dataclass(frozen=True, slots=True)
class SentProof:
    """A file as it comes; `purge_on` None: as late as proofs are kept."""

    employer: str
    purpose: Purpose
    media_type: str
    content: bytes
    purge_on: date | None


@dataclass(frozen=True, slots=True)
class Kept:
    """The proof, and whether this call entered it."""

    proof: Proof
    new: bool


async def keep_proof(
    tx: AsyncConnection, file: OpenFile, sent: SentProof, rules: Rules, *, crypto: KeyRing, recording: Recording
) -> Kept:
    """Keep a proof. The same content for the same purpose again changes nothing. Raises ProofMismatch, PurgeTooLate."""
    if not sent.content.startswith(SIGNATURES[sent.media_type]):
        raise ProofMismatch
    today = recording.at.astimezone(PARIS).date()
    latest = add_years(today, rules.at("retention.proof_years", today).integer)
    purge_on = sent.purge_on or latest
    if not today < purge_on <= latest:
        raise PurgeTooLate(pointer="/query/purge_on")
    proof = Proof(
        id=new_id(),
        agent=file.agent,
        employer=sent.employer,
        purpose=sent.purpose.value,
        media_type=sent.media_type,
        size=len(sent.content),
        purge_on=purge_on,
        recorded_at=recording.at,
    )
    mark = crypto.blind_index(hashlib.sha256(sent.content).hexdigest(), f"proof:{file.agent}")
    known = await proofs.add(tx, proof, sent.content, mark=mark, crypto=crypto, recording=recording)
    return Kept(known or proof, new=known is None)
