"""An ONVIF device of others on the network: it announces itself by WS-Discovery and answers with the recorded bytes of
ipycam 1.3.0, for the account `admin`, its two streams being those of an RTSP server that is told.

usage: python -m tests.peers.onvif_device ADDRESS MAIN_URL SUB_URL        prints its port, ends with its standard input
"""

from __future__ import annotations

import json
import re
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from wsdiscovery import QName, Scope
from wsdiscovery.publishing import ThreadedWSPublishing

CAPTURE = Path(__file__).parents[1] / "media/sources/captures/onvif-ipycam-1.3.0.json"
MAIN, SUB = "rtsp://192.0.2.2:8554/video_main", "rtsp://192.0.2.2:8554/video_sub"


def reply_to(text: str) -> tuple[int, str, str]:
    """Status, media type and text of the recorded answer: by action, whether it was signed for, and profile."""
    replies = json.loads(CAPTURE.read_text(encoding="utf-8"))["replies"]
    action = re.search(r"<(?:\w+:)?(Get\w+)", text)
    profile = re.search(r"ProfileToken>(\w+)<", text)
    assert action is not None
    key = f"{action[1]} {'signed' if 'Username' in text else 'plain'}" + (f" {profile[1]}" if profile else "")
    reply = replies[key if ">admin<" in text or "Username" not in text else f"{key} refused"]
    return reply["status"], reply["type"], reply["text"]


def main(address: str, main_url: str, sub_url: str) -> None:
    """Serve until standard input ends."""

    class Device(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status, kind, text = reply_to(self.rfile.read(int(self.headers["Content-Length"])).decode())
            body = text.replace(MAIN, main_url).replace(SUB, sub_url).encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Standard error is the test's."""

    server = ThreadingHTTPServer((address, 0), Device)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    publisher = ThreadedWSPublishing()
    publisher.start()
    publisher.publishService(
        types=[QName("http://www.onvif.org/ver10/network/wsdl", "NetworkVideoTransmitter", "dn")],
        scopes=[Scope("onvif://www.onvif.org/name/Gate%207"), Scope("onvif://www.onvif.org/hardware/X1")],
        xAddrs=[f"http://{address}:{server.server_port}/onvif/device_service"],
    )
    print(server.server_port, flush=True)
    sys.stdin.read()
    publisher.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
