"""GStreamer's RTSP server as a peer; run by the system's Python (gi). Prints one JSON line with its port, then serves.

usage: gst_rtsp_server.py FILE.mkv|- [USER PASSWORD [ADDRESS PORT]]
Mounts: /h264aac /h265 /pcma /pcmu (live encoders), and /file, the pictures of FILE (H.264 in Matroska) as they are.
"""

import json
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

VIDEO = "videotestsrc is-live=true ! video/x-raw,width=320,height=240,framerate=25/1 ! "
H264 = (
    VIDEO + "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=25 ! h264parse ! rtph264pay name=pay0 pt=96 "
)
H265 = (
    VIDEO + "x265enc tune=zerolatency speed-preset=ultrafast key-int-max=25 ! h265parse ! rtph265pay name=pay0 pt=96 "
)
TONE = "audiotestsrc is-live=true "
AAC = TONE + "! audio/x-raw,rate=48000 ! avenc_aac ! rtpmp4gpay name=pay1 pt=97 "
MOUNTS = {
    "/h264aac": H264 + AAC,
    "/h265": H265,
    "/pcma": H264 + TONE + "! audio/x-raw,rate=8000 ! alawenc ! rtppcmapay name=pay1 pt=8",
    "/pcmu": H264 + TONE + "! audio/x-raw,rate=8000 ! mulawenc ! rtppcmupay name=pay1 pt=0",
}


def main() -> None:
    Gst.init(None)
    server = GstRtspServer.RTSPServer.new()
    address, port = sys.argv[4:6] if len(sys.argv) > 4 else ("127.0.0.1", "0")
    server.set_address(address)
    server.set_service(port)
    mounts = server.get_mount_points()
    launches = dict(MOUNTS)
    if sys.argv[1] != "-":
        launches["/file"] = f"filesrc location={sys.argv[1]} ! matroskademux ! h264parse ! rtph264pay name=pay0 pt=96"
    for path, launch in launches.items():
        factory = GstRtspServer.RTSPMediaFactory.new()
        factory.set_launch(f"( {launch} )")
        factory.set_shared(False)
        if len(sys.argv) > 2:
            permissions = GstRtspServer.RTSPPermissions.new()
            for kind in ("media.factory.access", "media.factory.construct"):
                permissions.add_permission_for_role("user", kind, True)
            factory.set_permissions(permissions)
        mounts.add_factory(path, factory)
    if len(sys.argv) > 2:
        auth = GstRtspServer.RTSPAuth.new()
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        token = GstRtspServer.RTSPToken.new()
        token.set_string("media.factory.role", "user")
        auth.add_digest(sys.argv[2], sys.argv[3], token)
        server.set_auth(auth)
    server.attach(None)
    print(json.dumps({"port": server.get_bound_port()}), flush=True)
    GLib.MainLoop().run()


main()
