"""Any leaf of any kind, for Hypothesis: values are drawn by the form that each field declares."""

from dataclasses import fields

from hypothesis import strategies as st

from mingjian.ledger import fields as forms
from mingjian.ledger.leaf import ACTS, KINDS, Leaf

NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
HASHES = st.binary(min_size=32, max_size=32).map(bytes.hex)
VALUES = {
    forms.NS.name: st.integers(0, forms.MAX_NS),
    forms.COUNT.name: st.integers(0, forms.MAX_COUNT),
    forms.SIGNED.name: st.integers(-forms.MAX_COUNT, forms.MAX_COUNT),
    forms.FLAG.name: st.booleans(),
    forms.NAME.name: NAMES,
    forms.TEXT.name: NAMES,
    forms.HASH.name: HASHES,
    forms.ALGORITHM.name: st.sampled_from(["sha256", "sm3"]),
    " or ".join(ACTS): st.sampled_from(ACTS),
}
ALL_KINDS = [made for versions in KINDS.values() for made in versions.values()]


def value_of(form: forms.Form) -> st.SearchStrategy[object]:
    if form.name.endswith(", or null"):
        return st.none() | VALUES[form.name.removesuffix(", or null")]
    return VALUES[form.name]


def _leaf(made: type[Leaf], values: dict[str, object]) -> Leaf:
    start, end = values.get("start_ns"), values.get("end_ns")
    if isinstance(start, int) and isinstance(end, int) and end < start:
        values |= {"start_ns": end, "end_ns": start}
    return made(**values)


def leaf_of(made: type[Leaf]) -> st.SearchStrategy[Leaf]:
    drawn = {one.name: value_of(one.metadata["form"]) for one in fields(made)}
    return st.fixed_dictionaries(drawn).map(lambda values: _leaf(made, values))


ANY_LEAF = st.sampled_from(ALL_KINDS).flatmap(leaf_of)
