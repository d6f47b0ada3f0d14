"""The OpenAPI document beside the tests is the API's: the screens generate their client from it.

To write it anew: python -m tests.web.write_openapi (from the repository's root, with src on the path).
"""

from __future__ import annotations

from tests.web.write_openapi import FILE, document


def test_the_document_is_the_apis() -> None:
    assert FILE.read_text(encoding="utf-8") == document(), "run: PYTHONPATH=src python -m tests.web.write_openapi"
