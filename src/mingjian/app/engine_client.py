"""The engine as web and the command line see it: `ports.engine.EngineControl` over the engine's unix socket.

One short connection a question: a status page asks every few seconds, and a connection kept open would outlive engines.
"""

from __future__ import annotations

import json
import socket
from dataclasses import fields
from typing import Any

from mingjian.app.data_folder import DataFolder
from mingjian.files.whole import replace_file
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.ports.engine import EngineStatus, OrderedDeletion, StreamStatus, VolumeStatus
from mingjian.ports.plan import EnginePlan, plan_to_json
from mingjian.wire.feed import FrameReader, Kind, decode_json, encode_json

_TIMEOUT_S = 3.0
_READ_BYTES = 65_536


class EngineClient:
    """Commands and questions to the engine of one data folder."""

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder

    def publish_plan(self, plan: EnginePlan) -> None:
        """Replace plan.json atomically; the engine watches it. Works while no engine runs."""
        self._folder.plan_file.parent.mkdir(parents=True, exist_ok=True)
        replace_file(self._folder.plan_file, json.dumps(plan_to_json(plan), ensure_ascii=False).encode(), 0o600)

    def confirm_time(self, person: str, reason: str) -> None:
        """Tell the engine that a person vouches for the machine's time. Raises MingjianError `engine_away`."""
        self.ask("confirm_time", {"person": person, "reason": reason})

    def status(self) -> EngineStatus:
        """What every stream and volume is doing. Raises MingjianError `engine_away`."""
        value = self.ask("status", {})
        parts = {
            "streams": tuple(_known(StreamStatus, item) for item in value.get("streams", ())),
            "volumes": tuple(_known(VolumeStatus, item) for item in value.get("volumes", ())),
            "alarms": tuple(value.get("alarms", ())),
        }
        status: EngineStatus = _known(EngineStatus, value | parts)
        return status

    def hold_add(self, hold: str, camera: str, from_ns: int, to_ns: int, reason: str, person: str) -> None:
        """Hold footage under the caller's id. Raises MingjianError `engine_away`."""
        span = {"from_ns": from_ns, "to_ns": to_ns}
        self.ask("hold_add", {"hold": hold, "camera": camera, **span, "reason": reason, "person": person})

    def hold_remove(self, hold: str, reason: str, person: str) -> None:
        """End a hold. Raises MingjianError `engine_away`."""
        self.ask("hold_remove", {"hold": hold, "reason": reason, "person": person})

    def delete_ordered(
        self, order: str, camera: str, from_ns: int, to_ns: int, reason: str, persons: tuple[str, ...]
    ) -> OrderedDeletion:
        """Carry out a deletion decision. Raises MingjianError `engine_away`, `volume_absent`."""
        span = {"from_ns": from_ns, "to_ns": to_ns}
        told = self.ask(
            "delete_ordered", {"order": order, "camera": camera, **span, "reason": reason, "persons": list(persons)}
        )
        left = tuple((int(one[0]), int(one[1])) for one in told["left"])
        return OrderedDeletion(int(told["segments"]), int(told["bytes"]), left, bool(told["held"]))

    def ask(self, method: str, params: dict[str, object]) -> dict[str, Any]:
        """One request and its response. Raises the engine's own error, or MingjianError `engine_away`."""
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                connection.settimeout(_TIMEOUT_S)
                connection.connect(str(self._folder.engine_socket))
                connection.sendall(encode_json(Kind.REQUEST, 0, {"id": 1, "method": method, "params": params}))
                response = _response(connection)
        except (OSError, EOFError) as error:
            raise engine_away() from error
        if "error" in response:
            raise _engines_error(response["error"])
        result = response.get("result")
        return result if isinstance(result, dict) else {}


def engine_away() -> MingjianError:
    """The error for an engine that does not answer."""
    return MingjianError(
        "engine_away",
        Text(zh="录像引擎没有应答", en="the recording engine does not answer"),
        fault=Fault.ENVIRONMENT,
        remedy=Text(
            zh="它会自动重启；若一直如此，请看日志 logs/engine.log",
            en="it is started again by itself; if this stays, read logs/engine.log",
        ),
    )


def _response(connection: socket.socket) -> dict[str, Any]:
    reader = FrameReader()
    while True:
        data = connection.recv(_READ_BYTES)
        if not data:
            raise EOFError
        for frame in reader.feed(data):
            if frame.kind is Kind.RESPONSE:
                return decode_json(frame.payload)


def _known(kind: Any, value: dict[str, Any]) -> Any:
    """The dataclass from its JSON, without fields that only a newer engine knows."""
    names = {item.name for item in fields(kind)}
    return kind(**{key: item for key, item in value.items() if key in names})


def _engines_error(value: dict[str, Any]) -> MingjianError:
    try:
        fault = Fault(value.get("fault", ""))
    except ValueError:
        fault = Fault.OURS
    text = Text(zh=str(value.get("zh", "")), en=str(value.get("en", "")))
    return MingjianError(str(value.get("code", "engine_error")), text, fault=fault)
