"""The Python client in contracts/python, from the OpenAPI document: a type per schema, a method per operation.

Types are datamodel-code-generator's, as TypedDict: the client needs httpx alone. Methods are made here; tools for the
whole (openapi-python-client: 588 files, 77 000 lines) give a module to each of them.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from keyword import iskeyword
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from gateway.application.openapi import Document

Schema = Mapping[str, Any]
METHODS: Final = ("get", "put", "post", "patch", "delete")
JSON: Final = "application/json"
FOLDER: Final = "python/relais_client"
MODELS, CLIENT = f"{FOLDER}/models.py", f"{FOLDER}/client.py"
_MODELS_HEAD: Final = (
    '"""What is sent and answered, generated from contracts/openapi.json by `python -m relais.contracts`."""'
)
_HEAD: Final = '''\
"""A method for each operation, generated from contracts/openapi.json by `python -m relais.contracts`."""

from __future__ import annotations

from typing import Any, Literal

from relais_client import models
from relais_client.transport import Answer, Transport, segment


class Relais(Transport):
    """The API of Relais. Every method may raise Problem."""
'''
_PLAIN: Final = {"integer": "int", "number": "float", "boolean": "bool", "null": "None", "object": "dict[str, Any]"}
# Told to the client once, and not to each method.
_OF_THE_CLIENT: Final = frozenset({"X-Acting-Employer"})


def generated(told: Document) -> dict[str, str]:
    """The files, by their paths in contracts/."""
    methods = "".join(_method(*one) for one in _operations(told))
    return {MODELS: _formatted(_models(told)), CLIENT: _formatted(_HEAD + methods)}


def method_name(method: str, path: str) -> str:
    """After the operation alone, so that one more never renames another.

    >>> method_name("patch", "/v1/agents/{agent}/leaves/{leave}"), method_name("post", "/v1/pay:bulk")
    ('patch_agent_leave', 'post_pay_bulk')
    >>> method_name("get", "/v1/accounts/{agreement}/{insurer}/{year}"), method_name("get", "/v1/accounts")
    ('get_accounts_of_agreement_insurer_year', 'get_accounts')
    """
    words: list[str] = []
    after = False
    for part in path.removeprefix("/v1/").split("/"):
        name = part.strip("{}")
        if name == part:
            words += re.split(r"\W+", part)
        elif words[-1][0] == name[0] and words[-1] in {f"{name}s", f"{name[:-1]}ies"}:  # agents/{agent} is an agent
            words[-1] = name
        else:
            words += [name] if after else ["of", name]
        after = name != part
    return "_".join([method, *words])


def _operations(told: Document) -> Iterator[tuple[str, str, Schema]]:
    for path, item in told["paths"].items():
        if path.startswith("/v1/"):
            yield from ((method, path, item[method]) for method in METHODS if method in item)


def _method(method: str, path: str, operation: Schema) -> str:
    """The text of one method."""
    parameters = [one for one in operation.get("parameters", ()) if one["name"] not in _OF_THE_CLIENT]
    parts = [one for one in parameters if one["in"] == "path"]
    rest = sorted((one for one in parameters if one["in"] != "path"), key=lambda one: not one.get("required", False))
    signature = ["self", *(f"{_variable(one)}: {_type(one['schema'])}" for one in parts)]
    sent = [f'"{method.upper()}"', _path(path, parts)]
    body, named, how = _body(operation.get("requestBody", {}))
    signature += body
    named += [f"{_variable(one)}: {_optional(one)}" for one in rest]
    sent += how
    for place, word in (("query", "params"), ("header", "headers")):
        given = ", ".join(f'"{one["name"]}": {_variable(one)}' for one in rest if one["in"] == place)
        if given:
            sent.append(f"{word}={{{given}}}")
    arguments = ", ".join([*signature, *(["*", *named] if named else [])])
    return (
        f"\n    def {method_name(method, path)}({arguments}) -> Answer[{_answer(operation['responses'])}]:\n"
        f'        """{_told(operation)}"""\n'
        f"        return self.send({', '.join(sent)})\n"
    )


def _told(operation: Schema) -> str:
    return f"{operation['summary']} ({', '.join(operation['x-policy']['scopes'])})."


def _path(path: str, parts: Sequence[Schema]) -> str:
    for one in parts:
        path = path.replace(f"{{{one['name']}}}", f"{{segment({_variable(one)})}}")
    return f'f"{path}"' if parts else f'"{path}"'


def _body(body: Schema) -> tuple[list[str], list[str], list[str]]:
    """The parameters of a body, by position and by name, and how it is sent."""
    content = body.get("content", {})
    if not content:
        return [], [], []
    optional = "" if body.get("required") else " | None = None"
    if JSON in content:
        return [f"body: {_type(content[JSON]['schema'])}{optional}"], [], ["json=body"]
    kinds = ", ".join(f'"{kind}"' for kind in content)
    named = f"content_type: Literal[{kinds}]" + (f" = {kinds}" if len(content) == 1 else "")
    return ["content: bytes"], [named], ["content=content", 'headers={"Content-Type": content_type}']


def _answer(responses: Schema) -> str:
    """The type of the body of every success."""
    found = dict.fromkeys(
        _type(content["schema"]) if kind == JSON and content.get("schema", {}).get("format") != "binary" else "bytes"
        for status, response in responses.items()
        if status.startswith("2")
        for kind, content in response.get("content", {}).items()
    )
    return " | ".join(found) or "None"


def _optional(parameter: Schema) -> str:
    kind = _type(parameter["schema"])
    return kind if parameter.get("required") else f"{kind} | None = None"


def _type(schema: Schema) -> str:
    """A schema as a type."""
    if "$ref" in schema:
        return f"models.{_class(schema['$ref'].rpartition('/')[2])}"
    if "enum" in schema:
        return f"Literal[{', '.join(json.dumps(value) for value in schema['enum'])}]"
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(_type(form) for form in schema["anyOf"]))
    if schema.get("type") == "array":
        return f"list[{_type(schema.get('items', {}))}]"
    if schema.get("type") == "string":
        return "bytes" if schema.get("format") == "binary" else "str"
    return _PLAIN.get(schema.get("type", ""), "Any")


def _class(name: str) -> str:
    """As datamodel-code-generator writes it: `Page_AgentRow_` is `PageAgentRow`."""
    return "".join(part[0].upper() + part[1:] for part in re.split(r"\W|_", name) if part)


def _variable(parameter: Schema) -> str:
    name = re.sub(r"\W", "_", parameter["name"]).lower()
    return f"{name}_" if iskeyword(name) else name


def _models(told: Document) -> str:
    # A tool of development, which those who only run Relais do not have.
    from datamodel_code_generator import enums, generate, parser  # noqa: PLC0415
    from datamodel_code_generator.format import Formatter, PythonVersion  # noqa: PLC0415

    with TemporaryDirectory() as folder:
        output = Path(folder) / "models.py"
        generate(
            json.dumps(told),
            input_filename="openapi.json",
            input_file_type=enums.InputFileType.OpenAPI,
            output=output,
            output_model_type=enums.DataModelType.TypingTypedDict,
            target_python_version=PythonVersion.PY_311,
            enum_field_as_literal=parser.LiteralType.All,
            use_closed_typed_dict=False,
            use_standard_collections=True,
            use_union_operator=True,
            formatters=[Formatter.BUILTIN],
            custom_file_header=_MODELS_HEAD,
        )
        return output.read_text()


def _formatted(text: str) -> str:
    command = [sys.executable, "-m", "ruff", "format", "--quiet", "-"]
    return subprocess.run(command, input=text, check=True, stdout=subprocess.PIPE, text=True).stdout  # noqa: S603 - our own arguments
