"""GET /api/docs: the API to read and try, by Swagger UI as Django Ninja brings it along. Nothing comes from elsewhere.

The page is the one of web's answers that runs scripts: its own policy allows files of this folder, no inline script or
style.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import ninja
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from mingjian.web.http.language import language_of
from mingjian.web.http.problem import not_found, problem_response

_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_FOLDER = Path(ninja.__file__).parent / "static" / "ninja"
_FILES = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "favicon.svg": "image/svg+xml",
}
_TITLE = {"zh": "明鉴接口文档", "en": "Mingjian API"}
_PAGE = """<!doctype html>
<html lang="{lang}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<link rel="icon" href="docs/favicon.svg">
<link rel="stylesheet" href="docs/swagger-ui.css">
<div id="api"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</html>
"""
_START = """// Requests tried on the page carry the session of whoever is signed in here, with its CSRF token.
SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#api",
  deepLinking: true,
  docExpansion: "none",
  filter: true,
  validatorUrl: null,
  requestInterceptor: (request) => {
    const found = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
    if (found) request.headers["X-CSRFToken"] = found[1];
    return request;
  },
});
"""


def page(request: HttpRequest) -> HttpResponse:
    """The page."""
    language = language_of(request)
    lang = "zh-CN" if language == "zh" else "en"
    answer = HttpResponse(_PAGE.format(lang=lang, title=_TITLE[language]), content_type="text/html; charset=utf-8")
    answer["Content-Security-Policy"] = _CSP
    return answer


def asset(request: HttpRequest, name: str) -> HttpResponse:
    """A file of the page; only those it names."""
    if name == "start.js":
        content, kind = _START.encode(), "text/javascript"
    elif name in _FILES:
        content, kind = _read(name), _FILES[name]
    else:
        return problem_response(not_found(), request)
    answer = HttpResponse(content, content_type=f"{kind}; charset=utf-8")
    answer["Cache-Control"] = "public, max-age=3600"
    return answer


@cache
def _read(name: str) -> bytes:
    return (_FOLDER / name).read_bytes()


urls: list[URLPattern] = [path("api/docs", page), path("api/docs/<str:name>", asset)]
