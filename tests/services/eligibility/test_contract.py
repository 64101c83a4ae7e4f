"""What this service reads of accords is what the registry says of them."""

from __future__ import annotations

from services.agreements.application.payloads import AgreementPublished
from services.eligibility.application.follow_agreements import AgreementPublished as Read
from services.eligibility.domain.terms_document import read_terms, terms_for
from tests.services.agreements.accord import document
from tests.services.eligibility.accord import FROM_THE_EFFECT, content, terms


def test_the_registry_tells_what_cover_is_decided_on() -> None:
    said = AgreementPublished.of(document(), 1).model_dump(mode="json")
    kept = Read.model_validate(said).model_dump(mode="json", by_alias=True)
    assert kept == Read.model_validate(content()).model_dump(mode="json", by_alias=True)
    assert read_terms(terms_for(kept, None), FROM_THE_EFFECT) == terms()
