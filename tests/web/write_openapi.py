"""Write tests/web/openapi.json from the API."""

from __future__ import annotations

import json
import os
from pathlib import Path

FILE = Path(__file__).with_name("openapi.json")


def document() -> str:
    from mingjian.web.urls import api

    return json.dumps(api.get_openapi_schema(path_prefix="/api"), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingjian.web.settings")
    import django

    django.setup()
    FILE.write_text(document(), encoding="utf-8")


if __name__ == "__main__":
    main()
