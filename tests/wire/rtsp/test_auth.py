"""Digest and Basic: the examples of the RFCs, both sides against each other, odd challenges."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjian.wire.rtsp.auth import (
    Challenge,
    Credentials,
    authorization,
    check_authorization,
    format_challenge,
    parse_challenges,
)


def test_the_example_of_rfc_7616_section_3_9_1() -> None:
    header = (
        'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, '
        'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
    )
    old = header.replace("SHA-256", "MD5")
    mufasa = Credentials("Mufasa", "Circle of Life")
    cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
    first, second = parse_challenges([old, header])
    assert (first.algorithm, second.algorithm) == ("SHA-256", "MD5")
    sha = authorization(first, mufasa, "GET", "/dir/index.html", 1, cnonce)
    assert 'response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"' in sha
    assert 'response="8ca523f5e9506fed4657c9700eebdbec"' in authorization(
        second, mufasa, "GET", "/dir/index.html", 1, cnonce
    )


def test_the_example_of_rfc_2617_without_qop() -> None:
    (challenge,) = parse_challenges(['Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"'])
    header = authorization(challenge, Credentials("Mufasa", "Circle Of Life"), "GET", "/dir/index.html", 1, "")
    assert 'response="670fd8c2df070c60b045671b8b24ff02"' in header
    assert "qop" not in header


def test_two_challenges_in_one_header_and_unknown_ones() -> None:
    found = parse_challenges(['Basic realm="cam", Digest realm="cam", nonce="n", stale=TRUE', "Negotiate abc"])
    assert [(challenge.scheme, challenge.stale) for challenge in found] == [("digest", True), ("basic", False)]
    assert parse_challenges(['Digest realm="x", nonce="n", algorithm=SHA-512']) == []
    assert parse_challenges(['Digest realm="x", nonce="n", qop="auth-int"']) == []


_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=16)


@given(_TEXT, _TEXT, _TEXT, st.sampled_from(["MD5", "SHA-256", ""]), st.booleans())
def test_both_sides_agree_and_a_wrong_password_fails(
    user: str, password: str, realm: str, algorithm: str, qop: bool
) -> None:
    made = Challenge("digest" if algorithm else "basic", realm=realm, nonce="abc", algorithm=algorithm, qop_auth=qop)
    (challenge,) = parse_challenges([format_challenge(made)])
    right = authorization(challenge, Credentials(user, password), "SETUP", "rtsp://h/t", 1, "c")
    wrong = authorization(challenge, Credentials(user, password + "x"), "SETUP", "rtsp://h/t", 1, "c")
    assert check_authorization(right, made, Credentials(user, password), "SETUP")
    assert not check_authorization(wrong, made, Credentials(user, password), "SETUP")


@given(st.text(max_size=200))
def test_garbage_never_raises(text: str) -> None:
    parse_challenges([text, "Digest " + text])
    challenge = Challenge("digest", realm="r", nonce="n", algorithm="MD5", qop_auth=True)
    assert not check_authorization(text, challenge, Credentials("u", "p"), "PLAY")


def test_a_password_never_shows() -> None:
    assert "hunter2" not in repr(Credentials("admin", "hunter2"))


@pytest.mark.parametrize("value", ["Basic", "Digest", "Basic !!!", 'Digest username="u"'])
def test_short_authorizations_are_refused(value: str) -> None:
    challenge = Challenge("digest", realm="r", nonce="n", algorithm="MD5")
    assert not check_authorization(value, challenge, Credentials("u", "p"), "PLAY")
