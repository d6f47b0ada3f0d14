"""ONVIF: a device announced on the network is found, and its stream URLs are read; what it says is not believed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from tests.peers.onvif_device import reply_to

from mingjian.kernel.errors import MingjianError
from mingjian.media.sources.discovery import Answer, OnvifDevice, find_devices, stream_urls
from mingjian.wire.rtsp.auth import Credentials

PUBLISHER = """
import sys
from wsdiscovery import QName, Scope
from wsdiscovery.publishing import ThreadedWSPublishing
publisher = ThreadedWSPublishing()
publisher.start()
publisher.publishService(
    types=[QName("http://www.onvif.org/ver10/network/wsdl", "NetworkVideoTransmitter", "dn")],
    scopes=[Scope("onvif://www.onvif.org/name/Gate%207"), Scope("onvif://www.onvif.org/hardware/X1")],
    xAddrs=["http://10.99.98.97:8080/onvif/device_service"],
)
print("ready", flush=True)
sys.stdin.read()
publisher.stop()
"""


async def test_a_device_on_the_network_is_found() -> None:
    wanted = OnvifDevice("10.99.98.97", 8080, "Gate 7", "X1")
    found: list[OnvifDevice] = []
    for _ in range(5):  # the device's library dies of a probe that reaches it by IPv6 first: it is switched on again
        found = await _search_with_a_device_on()
        if wanted in found:
            break
    assert wanted in found


async def _search_with_a_device_on() -> list[OnvifDevice]:
    with subprocess.Popen(
        [sys.executable, "-c", PUBLISHER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stdout.readline().strip() == "ready"
        devices = await find_devices(seconds=2)
        process.stdin.close()
    return devices


async def test_answers_that_point_elsewhere_are_passed_over() -> None:
    answers = [
        Answer(("http://169.254.169.254/x", "http://127.0.0.1/onvif", "https://10.0.0.9/onvif"), ()),
        Answer(("http://[broken/x", "no url"), ()),
        Answer(("http://10.0.0.8:81/onvif",), ("onvif://www.onvif.org/name/" + "x" * 500,)),
    ]
    devices = await find_devices(search=lambda seconds: answers)
    assert [(device.host, device.port) for device in devices] == [("10.0.0.8", 81), ("10.0.0.9", 443)]
    assert len(devices[0].name) == 80


async def test_a_network_without_multicast_is_an_error_with_a_way_out() -> None:
    def search(seconds: int) -> list[Answer]:
        raise OSError("no such device")

    with pytest.raises(MingjianError) as caught:
        await find_devices(search=search)
    assert caught.value.code == "discovery_failed"
    assert caught.value.remedy is not None


_ENVELOPE = """<?xml version="1.0"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"
 xmlns:tds="http://www.onvif.org/ver10/device/wsdl" xmlns:trt="http://www.onvif.org/ver10/media/wsdl"
 xmlns:tt="http://www.onvif.org/ver10/schema"><s:Body>{body}</s:Body></s:Envelope>"""
_TIME = """<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:DateTimeType>NTP</tt:DateTimeType>
<tt:DaylightSavings>false</tt:DaylightSavings><tt:UTCDateTime><tt:Time><tt:Hour>1</tt:Hour><tt:Minute>2</tt:Minute>
<tt:Second>3</tt:Second></tt:Time><tt:Date><tt:Year>2026</tt:Year><tt:Month>1</tt:Month><tt:Day>2</tt:Day></tt:Date>
</tt:UTCDateTime></tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>"""
_SERVICES = """<tds:GetServicesResponse><tds:Service><tds:Namespace>http://www.onvif.org/ver10/media/wsdl</tds:Namespace>
<tds:XAddr>http://169.254.169.254/onvif/media</tds:XAddr><tds:Version><tt:Major>2</tt:Major><tt:Minor>0</tt:Minor>
</tds:Version></tds:Service></tds:GetServicesResponse>"""
_PROFILE = """<trt:Profiles token="{token}" fixed="true"><tt:Name>{name}</tt:Name>
<tt:VideoEncoderConfiguration token="e"><tt:Name>e</tt:Name><tt:UseCount>1</tt:UseCount><tt:Encoding>H264</tt:Encoding>
<tt:Resolution><tt:Width>1920</tt:Width><tt:Height>1080</tt:Height></tt:Resolution><tt:Quality>5</tt:Quality>
<tt:Multicast><tt:Address><tt:Type>IPv4</tt:Type></tt:Address><tt:Port>0</tt:Port><tt:TTL>0</tt:TTL>
<tt:AutoStart>false</tt:AutoStart></tt:Multicast><tt:SessionTimeout>PT60S</tt:SessionTimeout>
</tt:VideoEncoderConfiguration></trt:Profiles>"""
_PROFILES = "<trt:GetProfilesResponse>{}</trt:GetProfilesResponse>".format(
    "".join(_PROFILE.format(token=token, name=token) for token in ("main", "sub", "evil"))
)
_URI = """<trt:GetStreamUriResponse><trt:MediaUri><tt:Uri>{uri}</tt:Uri><tt:InvalidAfterConnect>false
</tt:InvalidAfterConnect><tt:InvalidAfterReboot>false</tt:InvalidAfterReboot><tt:Timeout>PT0S</tt:Timeout>
</trt:MediaUri></trt:GetStreamUriResponse>"""
_FAULT = """<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value xmlns:ter="http://www.onvif.org/ver10/error">
ter:NotAuthorized</s:Value></s:Subcode></s:Code><s:Reason><s:Text xml:lang="en">Sender not Authorized</s:Text></s:Reason>
</s:Fault>"""


async def _onvif(request: web.Request) -> web.Response:
    """An ONVIF device as far as discovery goes, after the WSDL files of ONVIF."""
    text = await request.text()
    body = _FAULT
    if "GetSystemDateAndTime" in text:
        body = _TIME
    elif "admin" not in text:
        return web.Response(text=_ENVELOPE.format(body=body), status=400, content_type="application/soap+xml")
    elif "GetServices" in text:
        body = _SERVICES
    elif "GetProfiles" in text:
        body = _PROFILES
    elif "GetStreamUri" in text:
        token = next(name for name in ("main", "sub", "evil") if f">{name}<" in text)
        body = _URI.format(uri="rtsp://169.254.169.254/x" if token == "evil" else f"rtsp://a:b@10.0.0.7:554/{token}")
    return web.Response(text=_ENVELOPE.format(body=body), content_type="application/soap+xml")


@asynccontextmanager
async def _device(handler: object) -> AsyncIterator[OnvifDevice]:
    app = web.Application()
    app.router.add_post("/{path:.*}", handler)  # type: ignore[arg-type]
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield OnvifDevice("127.0.0.1", runner.addresses[0][1], "", "")
    finally:
        await runner.cleanup()


async def test_stream_urls_of_a_device() -> None:
    async with _device(_onvif) as device:
        streams = await stream_urls(device, Credentials("admin", "x"))
    assert [(stream.profile, stream.url) for stream in streams] == [
        ("main", "rtsp://10.0.0.7/main"),
        ("sub", "rtsp://10.0.0.7/sub"),
    ]
    assert (streams[0].codec, streams[0].width, streams[0].height) == ("H264", 1920, 1080)


async def test_a_wrong_onvif_password() -> None:
    async with _device(_onvif) as device:
        with pytest.raises(MingjianError) as caught:
            await stream_urls(device, Credentials("guest", "x"))
    assert caught.value.code == "onvif_password"


async def _recorded(request: web.Request) -> web.Response:
    """A device of others, in its own bytes."""
    status, kind, text = reply_to(await request.text())
    return web.Response(text=text, status=status, headers={"Content-Type": kind})


async def test_a_device_of_others_tells_its_streams() -> None:
    """It wants a password even for its clock, answers 401, and says its services are elsewhere."""
    async with _device(_recorded) as device:
        streams = await stream_urls(device, Credentials("admin", "pass-7"))
        for credentials in (Credentials("guest", "x"), None):
            with pytest.raises(MingjianError) as caught:
                await stream_urls(device, credentials)
            assert caught.value.code == "onvif_password"
    assert [(stream.profile, stream.url, stream.codec, stream.width, stream.height) for stream in streams] == [
        ("MainStream", "rtsp://192.0.2.2:8554/video_main", "H264", 1920, 1080),
        ("SubStream", "rtsp://192.0.2.2:8554/video_sub", "H264", 640, 360),
    ]


async def test_a_device_that_speaks_no_onvif() -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.Response(text="<html>", status=404)

    async with _device(handler) as device:
        with pytest.raises(MingjianError) as caught:
            await stream_urls(device, None)
    assert caught.value.code == "onvif_failed"
    gone = OnvifDevice("127.0.0.1", 1, "", "")
    with pytest.raises(MingjianError) as caught:
        await stream_urls(gone, None)
    assert caught.value.code == "onvif_failed"
