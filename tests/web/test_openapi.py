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


NO_MATCH = {
    "me_patch": "language and theme of the one who asks",
    "mechanisms_set": "the version is in its body: the first one has no record to match",
    "cameras_search_cancel": "one's own search, held in memory",
}
NO_KEY = {
    "setup_post": "possible once",
    "passkeys_add": "its challenge is good for once",
    "tokens_create": "an answer with a secret is not kept",
    "files_upload": "the same bytes are one file",
    "organisations_succeed": "a unit that has ended cannot end again",
    "retrievals_copy": "makes only what is not there yet",
    "cameras_search_begin": "one's own search, held in memory",
    "imports_upload": "a preview: applying it needs If-Match",
    "public_report_picture": "one more picture of one's own report, of which there may be a few",
    "public_report": "a replayed answer would hold the key of the receipt",
    "tickets_issue": "a ticket is for one use",
}


def test_changes_say_if_match_and_creations_a_key_or_why_not() -> None:
    """The document takes both from the code of the endpoints, so what is missing in it is missing there."""
    without: dict[str, set[str]] = {"match": set(), "key": set()}
    for methods in json.loads(document())["paths"].values():
        for method, operation in methods.items():
            read = {one.get("$ref", "").rsplit("/", 1)[-1] for one in operation.get("parameters", ())}
            if method in ("patch", "put", "delete") and "IfMatch" not in read:
                without["match"].add(operation["operationId"])
            if method == "post" and "201" in operation["responses"] and not read & {"IfMatch", "IdempotencyKey"}:
                without["key"].add(operation["operationId"])
    assert without == {"match": set(NO_MATCH), "key": set(NO_KEY)}
