"""The API answers as its OpenAPI description says, whatever it is asked."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
import schemathesis
from hypothesis import HealthCheck, settings

from levelfield_web.api.views import api


@pytest.fixture
def asked(home, ada, signed_in, db):
    """A browser of Ada, and the routes as described."""
    return signed_in(ada), api.get_openapi_schema()


def test_nobody_is_answered_without_signing_in(home, client, db):
    assert client.get("/api/publications").status_code == 401


def test_values_are_those_of_the_page(asked):
    browser, _ = asked
    page = browser.get("/partners/north/measures/asa.json").json()["rows"]
    told = browser.get("/api/partners/north/values/asa").json()
    assert {(r["period"], r["value"], r["n"]) for r in page} <= {(v["period"], v["value"], v["n"]) for v in told}


def test_a_wrong_question_is_refused_in_words(asked):
    browser, _ = asked
    answer = browser.get("/api/partners/north/values/service_level?abandons=withn_ignored")
    assert answer.status_code == 422
    assert "within_ignored" in answer.json()["expected"]


def test_generated_questions_never_break_it(asked):
    """Generated requests, from the description itself: answered, not found, or refused; never a failure of ours."""
    browser, description = asked
    schema = schemathesis.openapi.from_dict(description)
    tried = 0

    for wrapped in schema.get_all_operations():
        operation = wrapped.ok()

        @settings(
            max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True
        )
        def ask(case) -> None:
            nonlocal tried
            tried += 1
            if "partner" in (case.path_parameters or {}):
                case.path_parameters |= {"partner": "north", "measure": "service_level"}
            path = case.formatted_path if case.formatted_path.startswith("/api") else f"/api{case.formatted_path}"
            query = urlencode({k: v for k, v in (case.query or {}).items() if isinstance(v, str | int | float)})
            answer = browser.get(f"{path}?{query}")
            assert answer.status_code in (200, 404, 422), (
                f"{path}?{query}: {answer.status_code} {answer.content[:300]!r}"
            )

        from hypothesis import given

        given(case=operation.as_strategy())(ask)()
    assert tried >= 60
