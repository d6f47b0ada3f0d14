"""What is committed under docs/law is what the packs say."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from mingjian.rules.library import current_law

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def law_docs() -> ModuleType:
    spec = importlib.util.spec_from_file_location("law_docs", ROOT / "scripts" / "law_docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_committed_pages_are_those_the_packs_give(law_docs: ModuleType) -> None:
    written = law_docs.pages(current_law())
    folder = ROOT / "docs" / "law"
    assert {path.name for path in folder.glob("*.md")} == set(written)
    for name, text in written.items():
        assert (folder / name).read_text("utf-8") == text, f"run scripts/law_docs.py: {name} is stale"


def test_every_clause_and_every_uncertain_number_shows(law_docs: ModuleType) -> None:
    written = "".join(law_docs.pages(current_law()).values())
    for clause in current_law().clauses:
        assert f"`{clause.key}`" in written
        assert clause.text in written
        if clause.label_confidence != "certain":
            assert f"## {clause.article_label} (条号待核) `{clause.key}`" in written
