"""Camera URLs: their parts, and where they may not point."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjian.kernel.errors import MingjianError
from mingjian.media.sources.address import check_ip, parse_address


@pytest.mark.parametrize(
    ("url", "host", "port", "path", "user", "password"),
    [
        ("rtsp://10.0.0.8/live", "10.0.0.8", 554, "/live", None, None),
        ("RTSP://admin:pw@10.0.0.8:8554/a?b=c", "10.0.0.8", 8554, "/a?b=c", "admin", "pw"),
        ("rtsp://admin:p@ss:w#d@cam.local/x", "cam.local", 554, "/x", "admin", "p@ss:w#d"),
        ("rtsp://admin:p%40ss%2F@10.0.0.8/x", "10.0.0.8", 554, "/x", "admin", "p@ss/"),
        ("rtsp://admin:a/b@10.0.0.8/x", "10.0.0.8", 554, "/x", "admin", "a/b"),
        ("rtsp://10.0.0.8:554/user=admin_password=@x", "10.0.0.8", 554, "/user=admin_password=@x", None, None),
        ("rtsps://[fd12::8]:322/x", "fd12::8", 322, "/x", None, None),
        ("rtsp://用户:密码@10.0.0.8", "10.0.0.8", 554, "", "用户", "密码"),
        ("rtsp://admin@10.0.0.8?x", "10.0.0.8", 554, "?x", "admin", ""),
    ],
)
def test_parts(url: str, host: str, port: int, path: str, user: str | None, password: str | None) -> None:
    address = parse_address(url)
    assert (address.host, address.port, address.path) == (host, port, path)
    found = address.credentials
    assert (found and found.user, found and found.password) == (user, password)
    assert "pw" not in repr(address)
    assert "pw" not in address.url


def test_the_url_of_requests() -> None:
    assert parse_address("rtsp://u:p@10.0.0.8:554/x").url == "rtsp://10.0.0.8/x"
    assert parse_address("rtsps://[fd12::8]:444/x").url == "rtsps://[fd12::8]:444/x"


@pytest.mark.parametrize(
    "url",
    [
        *("", "http://10.0.0.8/", "10.0.0.8", "rtsp://", "rtsp:///x", "rtsp://h:0/", "rtsp://h:70000/", "rtsp://h:x/"),
        *("rtsp://a b/", "rtsp://[zz]/", "rtsp://[fd12::8]x/", "rtsp://10.0.0.8/\r\nX: 1", "rtsp://h/" + "x" * 3000),
    ],
)
def test_bad_urls_name_the_field_and_an_example(url: str) -> None:
    with pytest.raises(MingjianError) as caught:
        parse_address(url)
    assert (caught.value.code, caught.value.field) == ("bad_camera_url", "url")
    assert "rtsp://" in caught.value.say("zh")


REFUSED = [
    *("127.0.0.1", "127.9.9.9", "localhost", "LOCALHOST", "x.localhost", "0.0.0.0", "0.1.2.3", "169.254.169.254"),
    *("169.254.1.1", "224.0.0.1", "255.255.255.255", "240.0.0.1", "100.100.100.200", "metadata.google.internal"),
    *("[::1]", "[::]", "[fe80::1]", "[ff02::1]", "[fd00:ec2::254]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]"),
    *("[2002:7f00:1::]", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "localhost."),
]


@pytest.mark.parametrize("host", REFUSED)
def test_refused_hosts(host: str) -> None:
    with pytest.raises(MingjianError) as caught:
        parse_address(f"rtsp://{host}/x")
    assert caught.value.code == "address_refused"


@pytest.mark.parametrize(
    "host", ["10.0.0.8", "192.168.1.2", "172.16.0.1", "100.64.0.1", "[fd12::8]", "8.8.8.8", "cam-7"]
)
def test_where_cameras_live(host: str) -> None:
    assert parse_address(f"rtsp://{host}/x").port == 554


def test_loopback_only_when_allowed_and_metadata_never() -> None:
    assert parse_address("rtsp://127.0.0.1/x", allow_loopback=True).host == "127.0.0.1"
    check_ip("::1", allow_loopback=True)
    for address in ("169.254.169.254", "0.0.0.0", "fe80::1%eth0"):
        with pytest.raises(MingjianError):
            check_ip(address, allow_loopback=True)
    with pytest.raises(MingjianError):
        check_ip("no address")


@given(st.text(max_size=60))
def test_any_text_raises_only_ours(text: str) -> None:
    for url in (text, "rtsp://" + text):
        try:
            address = parse_address(url)
        except MingjianError:
            continue
        assert 1 <= address.port <= 65535
        assert address.host
