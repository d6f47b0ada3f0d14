"""Ids, canonical bytes, sealing, tickets: what is compared, hashed, encrypted and signed."""

from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from mingjian.kernel.canonical import canonical_bytes
from mingjian.kernel.errors import MingjianError
from mingjian.kernel.ids import id_time_ms, is_id, new_id, new_ids
from mingjian.kernel.sealing import new_key, seal, unseal
from mingjian.ports.plan import CameraPlan, EnginePlan, StreamPlan, plan_from_json, plan_to_json
from mingjian.ports.ticket import Right, Ticket, open_ticket, sign_ticket

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner)
    ),
    max_leaves=12,
)


@given(st.integers(0, (1 << 48) - 2), st.integers(0, (1 << 80) - 1))
def test_ids_sort_by_time_and_tell_it(ms: int, bits: int) -> None:
    identifier = new_id(ms * 1_000_000, bits)
    assert is_id(identifier)
    assert id_time_ms(identifier) == ms
    assert new_id((ms + 1) * 1_000_000, 0) > identifier


def test_many_ids_ascend() -> None:
    many = new_ids(5_000_000, 1000)
    assert many == sorted(set(many))
    assert {id_time_ms(one) for one in many} == {5}


@pytest.mark.parametrize("text", ["", "../../etc/passwd", "0" * 25, "i" * 26, "8" + "0" * 25])
def test_what_is_no_id_is_refused(text: str) -> None:
    assert not is_id(text)
    with pytest.raises(ValueError, match="not an identifier"):
        id_time_ms(text)


@given(json_values)
def test_canonical_bytes_are_json_of_the_same_value(value: object) -> None:
    assert json.loads(canonical_bytes(value)) == value


def test_canonical_order_and_form() -> None:
    assert canonical_bytes({"b": [1, True, None], "a": "中\n"}) == '{"a":"中\\n","b":[1,true,null]}'.encode()
    # RFC 8785 3.2.3: by UTF-16 code units, so a surrogate pair sorts before U+FB33
    assert canonical_bytes({"\ufb33": 1, "\U0001f600": 2}) == '{"\U0001f600":2,"\ufb33":1}'.encode()


@pytest.mark.parametrize("value", [1.5, {1: 2}, b"x", {"a": object()}])
def test_what_has_no_canonical_form_is_a_type_error(value: object) -> None:
    with pytest.raises(TypeError):
        canonical_bytes(value)
    with pytest.raises(ValueError, match="2\\*\\*53"):
        canonical_bytes(2**53)


@given(st.text())
def test_a_sealed_secret_opens_only_in_its_context(secret: str) -> None:
    key = b"k" * 32
    try:
        secret.encode()
    except UnicodeEncodeError:
        return
    sealed = seal(key, "camera/1/main", secret)
    assert unseal(key, "camera/1/main", sealed) == secret
    for context, other in (("camera/2/main", key), ("camera/1/main", new_key())):
        with pytest.raises(MingjianError) as caught:
            unseal(other, context, sealed)
        assert caught.value.code == "unseal_failed"


def ticket(**changes: object) -> Ticket:
    values: dict[str, object] = {
        "id": "t1",
        "viewer": "u1",
        "viewer_name": "王值班 市局",
        "camera": "c1",
        "streams": ("main", "sub"),
        "rights": (Right.LIVE,),
        "purpose": "值班监看",
        "issued_ms": 1_000_000,
        "expires_ms": 1_300_000,
        "from_ms": 0,
        "to_ms": 0,
        "edge": "e1",
        "session": "s1",
    }
    return Ticket(**(values | changes))  # type: ignore[arg-type]


def test_a_ticket_opens_with_its_key_its_time_and_its_edge() -> None:
    key = Ed25519PrivateKey.generate()
    text = sign_ticket(ticket(), key)
    assert open_ticket(text, key.public_key(), 1_000_001, "e1") == ticket()
    for now_ms, edge, code in (
        (1_300_000, "e1", "ticket_expired"),
        (900_000, "e1", "ticket_expired"),
        (1_000_001, "e2", "ticket_edge"),
    ):
        with pytest.raises(MingjianError) as caught:
            open_ticket(text, key.public_key(), now_ms, edge)
        assert caught.value.code == code


@given(st.data())
def test_any_changed_character_of_a_ticket_is_refused(data: st.DataObject) -> None:
    key = Ed25519PrivateKey.from_private_bytes(b"7" * 32)
    text = sign_ticket(ticket(), key)
    at = data.draw(st.integers(0, len(text) - 1))
    # the last character of a base64url group carries unused bits: change to a character that differs in used ones
    other = "A" if text[at] != "A" else "z"
    forged = text[:at] + other + text[at + 1 :]
    outcome: object
    try:
        outcome = open_ticket(forged, key.public_key(), 1_000_001, "e1")
    except MingjianError as error:
        outcome = error.code
    assert outcome in ("ticket_invalid", ticket())


def test_a_plan_survives_its_file() -> None:
    streams = (StreamPlan("main", "v1.x"), StreamPlan("sub", "v1.y", "udp", push=True))
    plan = EnginePlan(3, 5, (CameraPlan("c", "大门", True, 30, streams, removed_ns=9),))
    assert plan_from_json(json.loads(json.dumps(plan_to_json(plan)))) == plan


@pytest.mark.parametrize("broken", [None, {}, {"format": 2}, {"format": 1, "version": "x"}, []])
def test_a_broken_plan_is_named_so(broken: object) -> None:
    with pytest.raises(MingjianError) as caught:
        plan_from_json(broken)
    assert caught.value.code == "bad_plan"
