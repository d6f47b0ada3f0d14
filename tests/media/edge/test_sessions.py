"""Media sessions: opened once by a ticket, used by cookie, over when the ticket is."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from tests.media.edge.conftest import CLOCK, TicketOffice, now_ms

from mingjian.media.edge.certificate import ensure_self_signed
from mingjian.media.edge.server import EdgeServer
from mingjian.media.edge.settings import EdgeSettings
from mingjian.ports.revocation import Revocation, revocations_to_json
from mingjian.ports.ticket import Ticket


async def _who(request: web.Request, ticket: Ticket) -> web.StreamResponse:
    return web.json_response({"viewer": ticket.viewer, "place": request.match_info["place"]})


async def _endless(request: web.Request, ticket: Ticket) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b"picture")
        await asyncio.sleep(0.02)


@pytest.fixture
async def edge(edge_settings: EdgeSettings) -> AsyncIterator[EdgeServer]:
    server = EdgeServer(edge_settings, CLOCK)
    server.mount([("GET", "who/{place}", _who), ("GET", "endless", _endless)])
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def client(edge: EdgeServer) -> AsyncIterator[aiohttp.ClientSession]:
    jar = aiohttp.CookieJar(unsafe=True)  # addresses instead of names
    async with aiohttp.ClientSession(f"http://127.0.0.1:{edge.port}", cookie_jar=jar) as session:
        yield session


async def _open(client: aiohttp.ClientSession, ticket: str) -> dict[str, str]:
    async with client.post("/media/sessions", json={"ticket": ticket}) as answer:
        body = await answer.json()
        assert answer.status == 201, body
        return dict(body)


async def test_the_cookie_opens_the_session_and_nothing_else(
    client: aiohttp.ClientSession, office: TicketOffice, edge: EdgeServer
) -> None:
    async with client.post("/media/sessions", json={"ticket": office.sign()}) as answer:
        session = await answer.json()
        cookie = answer.headers["Set-Cookie"]
    for mark in ("HttpOnly", "SameSite=Strict", f"Path=/media/s/{session['id']}"):
        assert mark in cookie
    async with client.get(f"{session['base']}/who/gate") as answer:
        assert await answer.json() == {"viewer": "u1", "place": "gate"}
    async with (
        aiohttp.ClientSession(f"http://127.0.0.1:{edge.port}") as stranger,
        stranger.get(f"{session['base']}/who/gate") as answer,
    ):
        assert answer.status == 404
        assert (await answer.json())["code"] == "session_unknown"
    other = await _open(client, office.sign(viewer="u2"))
    async with client.get(f"{other['base']}/who/gate") as answer:
        assert (await answer.json())["viewer"] == "u2"


@pytest.mark.parametrize(
    ("changes", "code", "status"),
    [
        ({"edge": "elsewhere"}, "ticket_edge", 403),
        ({"expires_ms": 1}, "ticket_expired", 401),
        ({"issued_ms": 0}, "ticket_stale", 401),
    ],
)
async def test_tickets_that_are_refused(
    client: aiohttp.ClientSession, office: TicketOffice, changes: dict[str, object], code: str, status: int
) -> None:
    async with client.post("/media/sessions", json={"ticket": office.sign(**changes)}) as answer:
        assert ((await answer.json())["code"], answer.status) == (code, status)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"ticket": 7}', b'{"ticket": "a.b"}', b'{"ticket": "%s"}' % (b"a" * 9000)]
)
async def test_broken_bodies_are_refused_with_the_field(client: aiohttp.ClientSession, body: bytes) -> None:
    async with client.post("/media/sessions", data=body) as answer:
        told = await answer.json()
        assert answer.status in (401, 422)
        assert "ticket" in told["field"]


async def test_a_ticket_is_used_once_and_a_signature_is_needed(
    client: aiohttp.ClientSession, office: TicketOffice
) -> None:
    text = office.sign()
    await _open(client, text)
    async with client.post("/media/sessions", json={"ticket": text}) as answer:
        assert (await answer.json())["code"] == "ticket_used"
    async with client.post("/media/sessions", json={"ticket": TicketOffice().sign()}) as answer:
        assert (await answer.json())["code"] == "ticket_invalid"


async def test_a_session_ends_with_its_ticket_unless_renewed(
    client: aiohttp.ClientSession, office: TicketOffice
) -> None:
    session = await _open(client, office.sign(expires_ms=now_ms() + 2000))
    async with client.post(f"{session['base']}/renew", json={"ticket": office.sign(viewer="u9")}) as answer:
        assert (await answer.json())["code"] == "ticket_other"
    ends_ms = now_ms() + 3000
    async with client.post(f"{session['base']}/renew", json={"ticket": office.sign(expires_ms=ends_ms)}) as answer:
        assert answer.status == 200
        assert (await answer.json())["expires_at"] > session["expires_at"]
    status = 200
    async with asyncio.timeout(10):
        while status == 200:
            await asyncio.sleep(0.05)
            async with client.get(f"{session['base']}/who/gate") as answer:
                status = answer.status
    assert now_ms() >= ends_ms, "it lived as long as the renewal says"
    assert status in (401, 404)


async def test_an_answer_on_its_way_is_cut_when_its_ticket_is_taken_back(
    client: aiohttp.ClientSession, office: TicketOffice, edge_settings: EdgeSettings
) -> None:
    session = await _open(client, office.sign())
    async with client.get(f"{session['base']}/endless") as answer, asyncio.timeout(10):
        assert await answer.content.readany()
        taken = Revocation(at_ms=now_ms(), viewer="u1")
        edge_settings.revocations_file.write_text(json.dumps(revocations_to_json((taken,))))
        with pytest.raises(aiohttp.ClientError):
            await answer.read()


async def test_revocation_takes_effect_within_ten_seconds(
    client: aiohttp.ClientSession, office: TicketOffice, edge_settings: EdgeSettings
) -> None:
    session = await _open(client, office.sign())
    kept = await _open(client, office.sign(viewer="u2"))
    taken = Revocation(at_ms=now_ms(), viewer="u1")
    partial = edge_settings.revocations_file.with_suffix(".partial")
    partial.write_text(json.dumps(revocations_to_json((taken,))))
    partial.replace(edge_settings.revocations_file)
    async with asyncio.timeout(10):
        while True:
            async with client.get(f"{session['base']}/who/gate") as answer:
                if answer.status != 200:
                    break
            await asyncio.sleep(0.02)
    async with client.get(f"{kept['base']}/who/gate") as answer:
        assert answer.status == 200
    edge_settings.revocations_file.write_text("not json")
    async with client.post("/media/sessions", json={"ticket": office.sign(issued_ms=taken.at_ms)}) as answer:
        assert (await answer.json())["code"] == "ticket_revoked"


async def test_under_tls_the_cookie_is_secure_and_the_certificate_names_the_host(
    edge_settings: EdgeSettings, office: TicketOffice, folder: Path
) -> None:
    pair = ensure_self_signed(folder, ["192.0.2.7", "mingjian.example"], CLOCK)
    assert ensure_self_signed(folder, ["192.0.2.7"], CLOCK) == pair
    assert pair[1].stat().st_mode & 0o777 == 0o600
    server = EdgeServer(replace(edge_settings, tls=pair), CLOCK)
    await server.start()
    try:
        dump = await asyncio.create_subprocess_exec(
            "openssl", "x509", "-in", str(pair[0]), "-noout", "-ext", "subjectAltName",
            stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        names = (await dump.communicate())[0].decode()
        assert "DNS:mingjian.example" in names
        assert "IP Address:192.0.2.7" in names
        curl = await asyncio.create_subprocess_exec(
            "curl", "-sS", "-i", "--cacert", str(pair[0]), f"https://localhost:{server.port}/media/sessions",
            "--json", json.dumps({"ticket": office.sign()}),
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        answer = (await curl.communicate())[0].decode()
        assert "201" in answer.splitlines()[0], answer
        assert "Secure" in answer
    finally:
        await server.stop()
