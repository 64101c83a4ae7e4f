"""Who may do what with the topics: rules of Kafka's StandardAuthorizer, from topics.yaml.

    python -m deploy.kafka.acls --insurer collecteam                     print the commands of `kafka-acls.sh`
    python -m deploy.kafka.acls --bootstrap H:P --config admin.properties   set them (Java and the jars of broker.py)

A component writes its own topics and reads those of others that it follows, an insurer reads its own topic and writes
its inbound one; each in consumer groups that begin with its name. Brokers deny what no rule allows
(`allow.everyone.if.no.acl.found=false`, which is their default).
"""

from __future__ import annotations

import argparse
import shlex
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.kafka.broker import JARS, LEAN
from deploy.kafka.topics import Topic, declared
from kit.settings import COMPONENTS

COMMAND: Final = "org.apache.kafka.tools.AclCommand"
# The consumer groups of components begin so (kit/events/transport_kafka.py); those of a partner with its name.
OURS: Final = "relais."


@dataclass(frozen=True, slots=True)
class Grant:
    """What one user may do with topics, or with the consumer groups that begin with a prefix."""

    user: str
    operations: tuple[str, ...]
    topics: tuple[str, ...] = ()
    group_prefix: str = ""

    def arguments(self) -> list[str]:
        """Of one call of the command."""
        words = ["--add", "--allow-principal", f"User:{self.user}"]
        for operation in self.operations:
            words += ["--operation", operation]
        for topic in self.topics:
            words += ["--topic", topic]
        if self.group_prefix:
            words += ["--group", self.group_prefix, "--resource-pattern-type", "prefixed"]
        return words


def grants(topics: Iterable[Topic]) -> list[Grant]:
    """Every grant, by user."""
    listed = list(topics)
    users = sorted({user for topic in listed for user in (*topic.writers, *topic.readers)})
    found: list[Grant] = []
    for user in users:
        writes = tuple(topic.name for topic in listed if user in topic.writers)
        reads = tuple(topic.name for topic in listed if user in topic.readers)
        if writes:
            found.append(Grant(user, ("Write", "Describe"), writes))
        if reads:
            prefix = f"{OURS}{user}." if user in COMPONENTS else f"{user}."
            found += [Grant(user, ("Read", "Describe"), reads), Grant(user, ("Read",), group_prefix=prefix)]
    return found


def put(bootstrap: str, config: Path, wanted: Iterable[Grant], jars: Path = JARS) -> None:
    """Set them as the user of that client configuration. Raises CalledProcessError with what the command said."""
    for grant in wanted:
        command = ["java", *LEAN, "-cp", f"{jars}/*", COMMAND, "--bootstrap-server", bootstrap]
        command += ["--command-config", str(config), *grant.arguments()]
        subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own arguments


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line above."""
    parser = argparse.ArgumentParser(
        prog="python -m deploy.kafka.acls", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--insurer", action="append", default=[], help="with the topics of this partner")
    parser.add_argument("--bootstrap", help="set them on these brokers instead of printing them")
    parser.add_argument("--config", type=Path, help="properties of a client that may set them")
    asked = parser.parse_args(arguments)
    wanted = grants(declared(asked.insurer))
    if asked.bootstrap and not asked.config:
        parser.error("--bootstrap needs --config")
    if asked.bootstrap:
        put(asked.bootstrap, asked.config, wanted)
        sys.stdout.write(f"{len(wanted)} grants set\n")
    else:
        sys.stdout.writelines(f"kafka-acls.sh {shlex.join(grant.arguments())}\n" for grant in wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main())
