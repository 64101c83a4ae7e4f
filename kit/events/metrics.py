"""What an operator watches: how many events go through, how far behind each reader is, what waits for a person."""

from __future__ import annotations

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

SEQUENCED: Final = Counter("relais_events_sequenced", "Events of this component's outbox given a position")
RELAYED: Final = Counter("relais_events_relayed", "Events of this component's outbox sent to Kafka")
DELIVERED: Final = Counter(
    "relais_events_delivered", "Events received, by what became of them", ["consumer", "outcome"]
)
BATCH_SECONDS: Final = Histogram("relais_events_batch_seconds", "Time to apply one batch", ["consumer"])
LAG: Final = Gauge("relais_events_lag", "Positions between a consumer and the end of its producer's feed", ["consumer"])
PARKED: Final = Gauge("relais_events_parked", "Events that wait for a person", ["consumer"])
RETRIES: Final = Counter("relais_events_retries", "Batches applied again after a failure", ["consumer"])
RESYNCS: Final = Counter("relais_events_resyncs", "Restores of a producer noticed", ["consumer"])
