"""Decode a file with libVLC and write its pictures without loss: `python vlc_decode.py FILE OUT.avi`.

The library, not the program: `vlc` refuses to run as root. In a process of its own, since a library may take it down.
VLC's chain does not drain its decoder at the end of a file, ours or anybody's: the last picture is missing.
"""

import ctypes
import sys
import time

ENDED, FAILED = 6, 7  # libvlc_state_t
CHAIN = ":sout=#transcode{vcodec=FFV1,acodec=none,vfilter=croppadd{croptop=0}}:std{access=file,mux=avi,dst=%s}"


def main(source: str, out: str) -> int:
    vlc = ctypes.CDLL("libvlc.so.5")
    for name in ("libvlc_new", "libvlc_media_new_path", "libvlc_media_player_new_from_media"):
        getattr(vlc, name).restype = ctypes.c_void_p
    arguments = (ctypes.c_char_p * 1)(b"--no-sout-audio")
    instance = ctypes.c_void_p(vlc.libvlc_new(1, arguments))
    media = ctypes.c_void_p(vlc.libvlc_media_new_path(instance, source.encode()))
    vlc.libvlc_media_add_option(media, (CHAIN % out).encode())
    player = ctypes.c_void_p(vlc.libvlc_media_player_new_from_media(media))
    vlc.libvlc_media_player_play(player)
    while (state := vlc.libvlc_media_player_get_state(player)) not in (ENDED, FAILED):
        time.sleep(0.05)
    vlc.libvlc_media_player_stop(player)
    vlc.libvlc_media_player_release(player)
    vlc.libvlc_release(instance)
    return 0 if state == ENDED else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
