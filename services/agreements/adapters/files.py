"""Documents in files, YAML or JSON."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable
from pathlib import Path
from typing import Any, Final

import yaml

JSON_SUFFIX: Final = ".json"
MAX_BYTES: Final = 1 << 20


class UnreadableFile(Exception):
    """No document in this file; the message says why, in French."""


def _once(pairs: Iterable[tuple[Any, Any]]) -> dict[Any, Any]:
    """A mapping whose keys are written once. Raises ValueError: which of two values counts is nobody's to guess."""
    found: dict[Any, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError("key written twice")
        found[key] = value
    return found


class _Loader(yaml.SafeLoader):
    """YAML whose dates stay texts, as JSON has them; keys are written once, and nothing is written by reference."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("alias")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - PyYAML's
        _once((key.value, None) for key, _ in node.value if isinstance(key, yaml.ScalarNode))
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_document(path: Path) -> dict[str, Any]:
    """The document a file holds, of a mebibyte at most. Raises UnreadableFile."""
    try:
        with path.open("rb") as file:
            read = file.read(MAX_BYTES + 1)
        if len(read) > MAX_BYTES:
            raise UnreadableFile(f"{path} : document de plus de {MAX_BYTES} octets")
        content = _parsed(read.decode("utf-8"), path.suffix)
    except OSError as error:
        raise UnreadableFile(f"{path} : {_refused(error)}") from error
    except RecursionError as error:
        raise UnreadableFile(f"{path} : trop de niveaux imbriqués") from error
    except (ValueError, yaml.YAMLError) as error:
        raise UnreadableFile(
            f"{path} : ni YAML ni JSON en UTF-8, dont chaque clé figure une fois{_place(error)}"
        ) from error
    if not isinstance(content, dict):
        raise UnreadableFile(f"{path} : un document est attendu")
    return content


def _refused(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "ce fichier n'existe pas"
    return "ce n'est pas un fichier" if isinstance(error, IsADirectoryError) else "ce fichier ne se lit pas"


def _place(error: Exception) -> str:
    """The line where reading stopped, where the parser says one."""
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        return f" (ligne {error.problem_mark.line + 1})"
    return f" (ligne {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""


def _parsed(text: str, suffix: str) -> Any:
    if suffix == JSON_SUFFIX:
        return json.loads(text, object_pairs_hook=_once)
    return yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe one
