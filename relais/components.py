"""All components, imported: what the nursery does once for the five processes that it forks."""

from __future__ import annotations

import gateway.main
import services.agreements.main
import services.claims.main
import services.contributions.main
import services.eligibility.main
from kit.http.outgoing import trust

trust()

__all__ = ["gateway", "services"]
