"""Long answers, a piece at a time, under ASGI (served) and WSGI (tests, management) alike."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse


def stream(request: HttpRequest, pieces: Iterator[str], content_type: str) -> StreamingHttpResponse:
    """An answer that never holds more than a piece. Django would gather a plain iterator whole under ASGI."""
    served = isinstance(request, ASGIRequest)
    return StreamingHttpResponse(_off_loop(pieces) if served else pieces, content_type=content_type)


async def _off_loop(pieces: Iterator[str]) -> AsyncIterator[str]:
    def following() -> str | None:
        return next(pieces, None)

    take = sync_to_async(following, thread_sensitive=True)
    while (piece := await take()) is not None:
        yield piece
