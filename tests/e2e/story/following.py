"""One operation after the other, each with what the one before answered: links that the document implies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from hypothesis import settings
from hypothesis.errors import FlakyStrategyDefinition
from requests.structures import CaseInsensitiveDict
from schemathesis import Case, Response
from schemathesis.generation.stateful.state_machine import APIStateMachine, StepInput, StepOutput

from tests.e2e.story.asking import PATIENCE_S, Story

# A platform that was changed answers otherwise. Hypothesis, which goes some ways twice, then finds the test flaky: one
# starts anew.
ATTEMPTS: Final = 5


def follow(story: Story, how: settings) -> None:
    """Walk through the operations. What no answer gave is as it was asked in the story. Raises what is found first."""

    class Walk(story.schema.as_state_machine()):  # type: ignore[misc]  # made from the document
        def step(self, input: StepInput) -> StepOutput:  # noqa: A002 - its name there
            _complete(story, input)
            output: StepOutput = APIStateMachine.step(self, input)
            return output

        def get_call_kwargs(self, case: Case[Any]) -> dict[str, Any]:
            headers = story.authorisation(case.operation.label)
            return {"base_url": story.platform.gateway, "headers": headers, "timeout": PATIENCE_S}

        def validate_response(self, response: Response, case: Case[Any], *_: Any, **__: Any) -> None:
            story.hold(case, response)

    for attempt in range(ATTEMPTS):
        try:
            Walk.run(settings=how)
        except FlakyStrategyDefinition:
            if attempt == ATTEMPTS - 1:
                raise
        else:
            return


def _complete(story: Story, step: StepInput) -> None:
    asked = story.asked[step.case.operation.label]
    linked = {name for _, name in step.applied_parameters}
    step.case.path_parameters = _kept(asked.path, step.case.path_parameters, linked)
    step.case.query = _kept(asked.query, step.case.query, linked)
    step.case.headers = CaseInsensitiveDict(_kept(asked.headers, step.case.headers, linked))
    if asked.media_type is not None and None not in linked:
        body = step.case.body
        step.case.body = asked.body
        if isinstance(asked.body, Mapping) and isinstance(body, Mapping):
            step.case.body = _kept(asked.body, body, linked)
        step.case.media_type = asked.media_type


def _kept(asked: Mapping[str, Any], drawn: Mapping[str, Any] | None, linked: set[str | None]) -> dict[str, Any]:
    return {**asked, **{name: value for name, value in (drawn or {}).items() if name in linked}}
