"""A browser's share of the API: session, CSRF token, JSON in and out."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

from mingjian.web.accounts.models import User


class Api:
    """One browser. `last` is the last response."""

    def __init__(self, user: User | None = None, address: str = "127.0.0.1", language: str = "en") -> None:
        self.client = Client(enforce_csrf_checks=True, REMOTE_ADDR=address, headers={"accept-language": language})
        if user is not None:
            self.client.force_login(user)
        self.client.get("/api/v1/setup")

    def send(self, method: str, path: str, body: Any = None, *, status: int | None = None, **headers: str) -> Any:
        """The answer's JSON, after its status was checked; for what is no JSON the response."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if "csrftoken" in self.client.cookies:
            given.setdefault("X-CSRFToken", self.client.cookies["csrftoken"].value)
        content = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        self.last = self.client.generic(method, f"/api/v1{path}", headers=given, **content)  # type: ignore[arg-type]
        if status is not None:
            assert self.last.status_code == status, self.last.content.decode()
        if self.last.streaming or self.last.status_code == 204 or "json" not in self.last.headers["Content-Type"]:
            return self.last
        return self.last.json()

    def upload(
        self, path: str, content: bytes, *, status: int, media_type: str = "application/octet-stream", **headers: str
    ) -> Any:
        """Post bytes as they are."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        given["X-CSRFToken"] = self.client.cookies["csrftoken"].value
        self.last = self.client.generic("POST", f"/api/v1{path}", content, media_type, headers=given)
        assert self.last.status_code == status, self.last.content.decode()
        return self.last.json()

    def get(self, path: str, *, status: int = 200, **headers: str) -> Any:
        return self.send("GET", path, status=status, **headers)

    def post(self, path: str, body: Any = None, *, status: int = 200, **headers: str) -> Any:
        return self.send("POST", path, body, status=status, **headers)

    def patch(self, path: str, body: Any, *, status: int = 200, **headers: str) -> Any:
        return self.send("PATCH", path, body, status=status, **headers)

    def put(self, path: str, body: Any, *, status: int = 200, **headers: str) -> Any:
        return self.send("PUT", path, body, status=status, **headers)

    def delete(self, path: str, body: Any = None, *, status: int = 204, **headers: str) -> Any:
        return self.send("DELETE", path, body, status=status, **headers)
