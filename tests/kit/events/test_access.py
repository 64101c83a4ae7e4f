"""Brokers that ask who connects: each user does what topics.yaml says, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from importlib import import_module
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import TopicAuthorizationFailedError
from pydantic import SecretStr

from deploy.kafka.acls import grants, put
from deploy.kafka.broker import ADMIN, Broker
from deploy.kafka.topics import create, declared
from kit.clock import SystemClock
from kit.events.login import Login
from relais.contracts import published
from relais.plan import SERVICES
from rules.book import RuleBook
from tests.kit.events.kafka import transports

INSURERS = ("insurer-a", "insurer-b")
MINE, OTHERS = (f"psc.partner.{insurer}.v1" for insurer in INSURERS)
PATIENCE_SECONDS = 60
USERS = {name: f"{name}-secret" for name in (ADMIN, "gateway", *INSURERS)}


def login(user: str) -> Login:
    return Login(user, SecretStr(USERS[user]), tls=False)


@pytest.fixture(params=[name for name in transports() if name == "kafka"])
async def guarded(tmp_path: Path) -> AsyncIterator[Broker]:
    """A broker with four users, and the rights of those that the test makes use of."""
    found = Broker(tmp_path / "broker", users=USERS)
    config = tmp_path / "admin.properties"
    module = "org.apache.kafka.common.security.scram.ScramLoginModule"
    config.write_text(
        "security.protocol=SASL_PLAINTEXT\nsasl.mechanism=SCRAM-SHA-512\n"
        f'sasl.jaas.config={module} required username="{ADMIN}" password="{USERS[ADMIN]}";\n'
    )
    await asyncio.to_thread(found.start)
    try:
        partners = [topic for topic in declared(INSURERS) if "partner" in topic.name]
        await create(found.bootstrap, partners, replication=1, client=login(ADMIN).arguments())
        wanted = [one for one in grants(partners) if one.user == INSURERS[0] or "Write" in one.operations]
        await asyncio.to_thread(put, found.bootstrap, config, wanted)
        yield found
    finally:
        await asyncio.to_thread(found.stop)


async def test_an_insurer_reads_its_own_topic_and_no_other(guarded: Broker) -> None:
    async with AIOKafkaProducer(bootstrap_servers=guarded.bootstrap, **login("gateway").arguments()) as gateway:
        for topic in (MINE, OTHERS):
            await gateway.send_and_wait(topic, b"{}", partition=0)
    assert await read_one(guarded, MINE) == MINE
    with pytest.raises(TopicAuthorizationFailedError):
        await read_one(guarded, OTHERS)
    async with AIOKafkaProducer(bootstrap_servers=guarded.bootstrap, **login(INSURERS[0]).arguments()) as insurer:
        with pytest.raises(TopicAuthorizationFailedError):
            await insurer.send_and_wait(MINE, b"{}", partition=0)


async def read_one(guarded: Broker, topic: str) -> str:
    """The topic of the first event that an insurer reads of those of a topic."""
    reader = AIOKafkaConsumer(
        topic,
        bootstrap_servers=guarded.bootstrap,
        group_id=f"{INSURERS[0]}.claims",
        auto_offset_reset="earliest",
        **login(INSURERS[0]).arguments(),
    )
    async with reader:
        found: str = (await asyncio.wait_for(reader.getone(), PATIENCE_SECONDS)).topic
    return found


def test_who_writes_and_reads_a_topic_is_who_publishes_and_follows_it() -> None:
    topics = {topic.name: topic for topic in declared()}
    publishes = {name: {model.topic for model in models} for name, models in published().items()}
    follows = {name: _followed(name) for name in (*SERVICES, "gateway")}
    for topic in topics.values():
        assert {name for name, mine in publishes.items() if topic.name in mine} == set(topic.writers), topic.name
        assert {name for name, read in follows.items() if topic.name in read} == set(topic.readers), topic.name


def _followed(component: str) -> set[str]:
    module = import_module("gateway.events" if component == "gateway" else f"services.{component}.events")
    made = module.subscriptions(RuleBook.load(), SystemClock()) if component == "claims" else module.subscriptions()
    return {topic for subscription in made for topic in subscription.topics}
