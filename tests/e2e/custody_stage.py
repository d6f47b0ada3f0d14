"""The small city with a sign, and the people of requests for footage, each with a second factor of his own.

Run by hand: `PYTHONPATH=src:. python -m tests.e2e.custody_stage --port 8001`; it prints the address and, as JSON, the
password of everybody, the sign's number and the second factors' keys by name of account.
"""

from __future__ import annotations

import argparse
import asyncio
import json

from tests.e2e import city_stage
from tests.web.city import PASSWORD

from mingjian.web import wiring

SIGN = "01jsignattheshopsnorthgate"


def fill() -> str:
    """Everything of city_stage, and the custody of its footage."""
    city_stage.fill()
    from mingjian.web.registry.models import Place
    from mingjian.web.signs.models import Sign

    shop = Place.objects.get(name="湖心商场")
    Sign.objects.create(
        id=SIGN, place=shop, organisation_id="mall", division_id="east", position="北门立柱", purpose="维护公共安全",
        telephone="0532-5550000", created_ns=wiring.clock().now_ns(),
    )  # fmt: skip
    return json.dumps({"password": PASSWORD, "sign": SIGN})


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    asyncio.run(city_stage.serve(parser.parse_args().port, fill))


if __name__ == "__main__":
    main()
