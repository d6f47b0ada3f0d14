"""Long answers, a piece at a time, under ASGI (served) and WSGI (tests, management) alike."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import TypeVar

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.http import content_disposition_header

_Piece = TypeVar("_Piece", str, bytes)


def stream(request: HttpRequest, pieces: Iterator[_Piece], content_type: str) -> StreamingHttpResponse:
    """An answer that never holds more than a piece. Django would gather a plain iterator whole under ASGI."""
    served = isinstance(request, ASGIRequest)
    return StreamingHttpResponse(_off_loop(pieces) if served else pieces, content_type=content_type)


def download(
    request: HttpRequest, pieces: Iterator[bytes], content_type: str, name: str, length: int
) -> StreamingHttpResponse:
    """A file to keep, `length` bytes long: saved under `name`, taken for nothing else, kept in no cache."""
    answer = stream(request, pieces, content_type)
    answer["Content-Length"] = str(length)
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "no-store"
    return answer


async def _off_loop(pieces: Iterator[_Piece]) -> AsyncIterator[_Piece]:
    def following() -> _Piece | None:
        return next(pieces, None)

    take = sync_to_async(following, thread_sensitive=True)
    while (piece := await take()) is not None:
        yield piece
