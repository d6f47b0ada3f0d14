"""No request body beyond a limit reaches Django, which would write it to disk before looking at its size."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from mingjian.kernel.text import Text

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Any, Any, Any], Awaitable[None]]

_SAID = Text(zh="请求内容过大", en="the request is too large")


class BodyLimit:
    """An ASGI application that answers 413 for bodies of more than `limit` bytes, declared or not.

    `larger` gives paths with a limit of their own.
    """

    def __init__(self, application: Application, limit: int, larger: Mapping[str, int] | None = None) -> None:
        self._application = application
        self._limit = limit
        self._larger = dict(larger or {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is small enough."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        limit = self._larger.get(scope["path"], self._limit)
        if self._declared(scope) > limit:
            await self._refuse(scope, send)
            return
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            return message if taken <= limit else {"type": "http.disconnect"}

        await self._application(scope, counted, send)
        if taken > limit:  # Django reads the whole body first, and believed the client gone: nothing was answered
            await self._refuse(scope, send)

    def _declared(self, scope: Scope) -> int:
        for name, value in scope["headers"]:
            if name == b"content-length" and value.isdigit():
                return int(value[:19])
        return 0

    async def _refuse(self, scope: Scope, send: Send) -> None:
        accept = next((value for name, value in scope["headers"] if name == b"accept-language"), b"")
        language = "en" if accept[:2].lower() == b"en" else "zh"
        problem = {
            "type": "urn:mingjian:problem:body_too_large",
            "title": _SAID.for_language(language),
            "status": 413,
            "code": "body_too_large",
            "detail": _SAID.for_language(language),
            "field": None,
            "remedy": None,
            "fault": "user",
        }
        headers = [(b"content-type", b"application/problem+json"), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": 413, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(problem, ensure_ascii=False).encode()})
