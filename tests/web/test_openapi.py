"""The OpenAPI document beside the tests is the API's: the screens generate their client from it.

To write it anew: python -m tests.web.write_openapi (from the repository's root, with src on the path).
"""

from __future__ import annotations

import json

from tests.web.write_openapi import FILE, document


def test_the_document_is_the_apis() -> None:
    assert FILE.read_text(encoding="utf-8") == document(), "run: PYTHONPATH=src python -m tests.web.write_openapi"


def test_nothing_secret_has_a_place_in_an_answer() -> None:
    schemas = json.loads(document())["components"]["schemas"]
    answers = {name: set(schema.get("properties", ())) for name, schema in schemas.items() if not name.endswith("In")}
    assert "CameraOut" in answers
    secret = {"url", "sub_url", "url_sealed", "password", "session", "session_key", "token"}
    assert {name: names & secret for name, names in answers.items() if names & secret} == {}


def test_the_document_is_served(client) -> None:
    answer = client.get("/api/openapi.json")
    assert answer.json() == json.loads(document())
