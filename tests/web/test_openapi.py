"""The OpenAPI document beside the tests is the API's: the screens generate their client from it.

To write it anew: python -m tests.web.write_openapi (from the repository's root, with src on the path).
"""

from __future__ import annotations

import json
from collections import defaultdict

from ninja import Schema
from tests.web.write_openapi import FILE, document

from mingjian.web.http.schemas import Plain


def test_the_document_is_the_apis() -> None:
    assert FILE.read_text(encoding="utf-8") == document(), "run: PYTHONPATH=src python -m tests.web.write_openapi"


def test_no_two_schemas_have_one_name() -> None:
    """The document knows schemas by their names alone: of two with one name it would show one in both places."""
    document()
    found: dict[str, set[str]] = defaultdict(set)
    waiting: list[type] = [Schema, Plain]
    while waiting:
        below = waiting.pop().__subclasses__()
        waiting += below
        for one in below:
            if one.__module__.startswith("mingjian."):
                found[one.__name__].add(one.__module__)
    assert len(found) > 100
    assert {name: modules for name, modules in found.items() if len(modules) > 1} == {}


def test_nothing_secret_has_a_place_in_an_answer() -> None:
    schemas = json.loads(document())["components"]["schemas"]
    answers = {name: set(schema.get("properties", ())) for name, schema in schemas.items() if not name.endswith("In")}
    assert "CameraOut" in answers
    secret = {"url", "sub_url", "url_sealed", "password", "session", "session_key", "token"}
    assert {name: names & secret for name, names in answers.items() if names & secret} == {}


def test_the_document_is_served(client) -> None:
    answer = client.get("/api/openapi.json")
    assert answer.json() == json.loads(document())
