"""Documents in files, YAML or JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import yaml

JSON_SUFFIX: Final = ".json"


class UnreadableFile(Exception):
    """No document in this file; the message says why, in French."""


class _Loader(yaml.SafeLoader):
    """YAML whose dates stay texts, as JSON has them."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_document(path: Path) -> dict[str, Any]:
    """The document a file holds. Raises UnreadableFile."""
    try:
        text = path.read_text(encoding="utf-8")
        content = json.loads(text) if path.suffix == JSON_SUFFIX else yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe one
    except OSError as error:
        raise UnreadableFile(f"{path} : {error.strerror}") from error
    except (UnicodeDecodeError, json.JSONDecodeError, yaml.YAMLError) as error:
        raise UnreadableFile(f"{path} : ni YAML ni JSON en UTF-8") from error
    if not isinstance(content, dict):
        raise UnreadableFile(f"{path} : un document est attendu")
    return content
