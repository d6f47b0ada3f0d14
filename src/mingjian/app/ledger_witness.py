"""A witness as a service: cosigns by `ledger.witness`, over HTTP in the form of C2SP tlog-witness.

`POST /add-checkpoint`: the body is `old SIZE`, base64 hashes of the consistency proof, an empty line, the note. 200: the
cosignature line. 409 with the last size as text/x.tlog.size when `old` is not it; 404 unknown log; 403 wrong signature;
422 everything else that is not consistent. `POST /rotate` takes a rotation note. `GET /anchors` gives what was seen.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
import fcntl
import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

from aiohttp import web

from mingjian.app.ledger_anchor import encode_anchor
from mingjian.app.ledger_keys import new_signer, read_private, write_private
from mingjian.files.whole import replace_file
from mingjian.kernel.clock import Clock
from mingjian.kernel.errors import MingjianError
from mingjian.kernel.ids import new_id
from mingjian.ledger import note
from mingjian.ledger.rotation import open_rotation
from mingjian.ledger.witness import Answer, Fork, Seen, WitnessState, consider
from mingjian.media.custody.book import parse_signed

SIZE_TYPE = "text/x.tlog.size"


class WitnessFolder:
    """The witness's own folder: its key and what it has seen. Made when it is not there."""

    def __init__(self, root: Path) -> None:
        self._root = root
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not (root / "witness.key").exists():
            with contextlib.suppress(FileExistsError):
                write_private(root / "witness.key", new_signer(f"witness.{new_id(0)[-12:]}", "ed25519"))
        self.signer = read_private(root / "witness.key")

    def state(self) -> WitnessState:
        """Keys, what was seen, forks."""
        path = self._root / "witness.json"
        if not path.exists():
            return WitnessState({})
        told = json.loads(path.read_text(encoding="utf-8"))
        return WitnessState(
            {origin: note.PublicKey.decode(key) for origin, key in told["keys"].items()},
            {origin: Seen(parse_signed(signed), signed) for origin, signed in told["seen"].items()},
            {origin: Fork(one[0], one[1], _why(one[2])) for origin, one in told["forks"].items()},
        )

    def keep(self, state: WitnessState) -> None:
        """Durably."""
        told = {
            "keys": {origin: key.encode() for origin, key in state.keys.items()},
            "seen": {origin: one.signed for origin, one in state.seen.items()},
            "forks": {origin: [one.earlier, one.later, one.why.code] for origin, one in state.forks.items()},
        }
        replace_file(self._root / "witness.json", json.dumps(told, ensure_ascii=False).encode())

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """One writer at a time: the service and the command line share the folder."""
        with open(self._root / "lock", "w", encoding="ascii") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def add(self, origin: str, key: note.PublicKey) -> None:
        """Know a log. A log that is known keeps its key: `rotate` changes it."""
        with self.alone():
            state = self.state()
            if origin in state.keys and state.keys[origin] != key:
                raise note.note_error(
                    "witness_knows_other_key",
                    f"{origin} 已以另一公钥登记，请提交轮换记录",
                    f"{origin} is known by another key: send its rotation",
                )
            self.keep(WitnessState({**state.keys, origin: key}, state.seen, state.forks))

    def submit(self, signed: str, proof: list[bytes], now_ns: int) -> Answer:
        """Judge and keep, then answer."""
        with self.alone():
            answer = consider(self.state(), signed, proof, now_ns, self.signer)
            self.keep(answer.state)
            return answer

    def rotate(self, signed: str) -> None:
        """Follow a log to its new key. Raises MingjianError unless the key known vouches for it."""
        rotation = open_rotation(signed)
        with self.alone():
            state = self.state()
            if state.keys.get(rotation.origin) not in (rotation.old, rotation.new):
                raise note.note_error("rotation_refused", "轮换链中断", "the known key does not vouch for this one")
            self.keep(WitnessState({**state.keys, rotation.origin: rotation.new}, state.seen, state.forks))

    def anchors(self, now_ns: int) -> str:
        """What was cosigned last of every log, for audits."""
        state = self.state()
        logs = [(origin, state.keys[origin].encode(), one.signed) for origin, one in state.seen.items()]
        return encode_anchor("witness", now_ns, logs)


def _why(code: str) -> MingjianError:
    return note.note_error(code, "两个历史", "two histories")


def parse_submission(body: str) -> tuple[int, list[bytes], str]:
    """Old size, proof, note. Raises ValueError."""
    head, _, signed = body.partition("\n\n")
    first, *lines = head.split("\n")
    word, _, size = first.partition(" ")
    if word != "old" or not size.isascii() or not size.isdigit() or len(lines) > 63:
        raise ValueError("no submission")
    try:
        proof = [base64.b64decode(line, validate=True) for line in lines]
    except binascii.Error as error:
        raise ValueError("no base64") from error
    return int(size), proof, signed


def witness_application(folder: WitnessFolder, clock: Clock) -> web.Application:
    """The HTTP side."""

    async def add_checkpoint(request: web.Request) -> web.Response:
        try:
            old, proof, signed = parse_submission(await request.text())
            origin = parse_signed(signed).origin
        except (ValueError, MingjianError):
            return web.Response(status=400, text="bad_request\n")
        seen = folder.state().seen.get(origin)
        if seen is not None and old != seen.checkpoint.size:
            return web.Response(status=409, text=f"{seen.checkpoint.size}\n", content_type=SIZE_TYPE)
        answer = await asyncio.to_thread(folder.submit, signed, proof, clock.now_ns())
        if answer.cosignature is not None:
            return web.Response(text=answer.cosignature)
        assert answer.refusal is not None
        code = answer.refusal.code
        status = {"witness_unknown_log": 404, "note_not_signed": 403}.get(code, 422)
        return web.Response(status=status, text=f"{code}\n")

    async def rotate(request: web.Request) -> web.Response:
        try:
            await asyncio.to_thread(folder.rotate, await request.text())
        except MingjianError as error:
            return web.Response(status=403, text=f"{error.code}\n")
        return web.Response(text="ok\n")

    async def anchors(request: web.Request) -> web.Response:
        return web.Response(text=folder.anchors(clock.now_ns()), content_type="application/json")

    application = web.Application(client_max_size=note.MAX_NOTE_BYTES + (8 << 10))
    application.add_routes(
        [web.post("/add-checkpoint", add_checkpoint), web.post("/rotate", rotate), web.get("/anchors", anchors)]
    )
    return application


def serve_witness(folder: WitnessFolder, host: str, port: int, clock: Clock) -> None:
    """Serve until SIGTERM or SIGINT."""

    async def serve() -> None:
        runner = web.AppRunner(witness_application(folder, clock), access_log=None)
        await runner.setup()
        await web.TCPSite(runner, host, port).start()
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await stop.wait()
        await runner.cleanup()

    os.umask(0o077)
    asyncio.run(serve())
