"""Why a source failed, in words that tell a person what to do. No secrets and no URLs in them."""

from __future__ import annotations

import errno
import socket
import ssl

from mingjian.kernel.errors import MingjianError
from mingjian.kernel.text import Text
from mingjian.ports.recording import GapReason


class SourceFailure(Exception):
    """The attempt or the connection is over.

    `step` is the step of the live test that it fails at the earliest: name, reach, authenticate, describe, first_frame.
    """

    def __init__(self, reason: GapReason, step: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.reason = reason
        self.step = step
        self.text = Text(zh=zh, en=en)


def name_not_found() -> SourceFailure:
    """The host name does not resolve."""
    return SourceFailure(
        GapReason.UNREACHABLE,
        "name",
        "找不到该主机名，请检查地址拼写或 DNS 设置",
        "the host name is not known: check its spelling or the DNS server",
    )


def address_refused(error: MingjianError) -> SourceFailure:
    """The address is one we must not connect to."""
    return SourceFailure(GapReason.UNREACHABLE, "name", error.say("zh"), error.say("en"))


def connect_timeout() -> SourceFailure:
    """No answer to the connection attempt."""
    return SourceFailure(
        GapReason.UNREACHABLE,
        "reach",
        "连接超时：设备没有应答，请检查供电、网线、IP 地址和防火墙",
        "no answer to the connection: check the device's power, cable, address and the firewalls between",
    )


def connect_error(error: OSError) -> SourceFailure:
    """The connection attempt failed."""
    if isinstance(error, ssl.SSLError | ssl.CertificateError):
        return SourceFailure(
            GapReason.UNREACHABLE,
            "reach",
            "TLS 握手失败：请确认设备支持 RTSPS、端口正确、证书可信",
            "the TLS handshake failed: check that the device speaks RTSPS on this port and that its certificate is trusted",
        )
    if isinstance(error, socket.gaierror):
        return name_not_found()
    if isinstance(error, TimeoutError) or error.errno == errno.ETIMEDOUT:
        return connect_timeout()
    if isinstance(error, ConnectionRefusedError):
        return SourceFailure(
            GapReason.UNREACHABLE,
            "reach",
            "设备拒绝连接：主机在线，但该端口没有 RTSP 服务，请检查端口和设备的 RTSP 开关",
            "the connection was refused: the host is up but nothing serves RTSP on this port; check port and RTSP setting",
        )
    return SourceFailure(
        GapReason.UNREACHABLE,
        "reach",
        "无法到达设备：请检查路由、网线和交换机端口",
        "the device cannot be reached: check routes, cable and switch port",
    )


def closed_early() -> SourceFailure:
    """The peer closed before it played."""
    return SourceFailure(
        GapReason.UNREACHABLE,
        "reach",
        "设备在应答前关闭了连接：可能已达到最大连接数，或该端口不是 RTSP",
        "the device closed the connection before it answered: too many viewers, or not an RTSP port",
    )


def not_rtsp() -> SourceFailure:
    """The peer speaks something else."""
    return SourceFailure(
        GapReason.UNREACHABLE,
        "reach",
        "对方的应答不是有效的 RTSP：请检查端口和地址",
        "what answers does not speak RTSP: check port and address",
    )


def no_answer() -> SourceFailure:
    """Connected, but a request stays unanswered."""
    return SourceFailure(
        GapReason.UNREACHABLE,
        "reach",
        "已连上设备，但 RTSP 请求没有应答：请检查端口，或重启设备",
        "connected, but the device does not answer RTSP requests: check the port or restart the device",
    )


def wrong_password() -> SourceFailure:
    """The camera refuses our credentials."""
    return SourceFailure(
        GapReason.AUTHENTICATION,
        "authenticate",
        "用户名或密码错误；为防止账号被锁，每分钟只重试一次，请修改后保存",
        "the user name or password is wrong; tried once a minute so that the account is not locked: correct it",
    )


def password_needed() -> SourceFailure:
    """The camera wants credentials and we have none."""
    return SourceFailure(
        GapReason.AUTHENTICATION,
        "authenticate",
        "设备要求用户名和密码，请在取流地址中填写",
        "the device asks for a user name and password: put them into the stream URL",
    )


def forbidden() -> SourceFailure:
    """403."""
    return SourceFailure(
        GapReason.AUTHENTICATION,
        "authenticate",
        "设备不允许该账号观看这路视频，请在设备上授权",
        "the device does not let this account watch this stream: grant it on the device",
    )


def refused(method: str, status: int) -> SourceFailure:
    """Another error status."""
    if status == 404:
        return SourceFailure(
            GapReason.UNREACHABLE,
            "describe",
            "设备上没有这路码流（404），请检查取流地址的路径",
            "the device has no such stream (404): check the path of the stream URL",
        )
    if status in (453, 503):
        return SourceFailure(
            GapReason.UNREACHABLE,
            "describe",
            f"设备忙（{status}）：可能已达到最大连接数，请减少同时取流的客户端",
            f"the device is busy ({status}): probably too many clients; reduce them",
        )
    return SourceFailure(
        GapReason.UNREACHABLE,
        "describe",
        f"设备拒绝了 {method} 请求（{status}），请检查取流地址和设备设置",
        f"the device refused {method} ({status}): check the stream URL and the device's settings",
    )


def no_usable_track() -> SourceFailure:
    """Nothing in the description that we can record."""
    return SourceFailure(
        GapReason.UNREACHABLE,
        "describe",
        "设备没有可用的视频：请把编码设为 H.264 或 H.265",
        "the device offers no video we can record: set its codec to H.264 or H.265",
    )


def silent(ever: bool, udp: bool) -> SourceFailure:
    """Connected, no media. `ever`: there was some before."""
    if ever:
        return SourceFailure(
            GapReason.NETWORK,
            "first_frame",
            "画面中断：连接还在，但设备不再发送数据，请检查网络和设备",
            "media stopped: the connection stands but the device sends nothing; check the network and the device",
        )
    if udp:
        return SourceFailure(
            GapReason.NETWORK,
            "first_frame",
            "没有收到 UDP 数据：请检查防火墙，或改用 TCP 传输",
            "no UDP packets arrive: check the firewall, or use TCP as transport",
        )
    return SourceFailure(
        GapReason.NETWORK,
        "first_frame",
        "已开始播放，但没有收到画面：请检查设备的编码设置和网络",
        "playing was accepted but no picture arrives: check the device's encoder and the network",
    )


def no_parameter_sets() -> SourceFailure:
    """Packets come, but nothing says how to decode them."""
    return SourceFailure(
        GapReason.NETWORK,
        "first_frame",
        "收到数据但缺少参数集（SPS/PPS），无法解码：请检查设备的编码设置",
        "packets arrive without parameter sets (SPS/PPS), so nothing can be decoded: check the device's encoder",
    )


def connection_lost(error: Exception | None) -> SourceFailure:
    """The connection ended while media flowed. Any other exception than an OSError is a defect of ours."""
    if error is not None and not isinstance(error, OSError):
        return SourceFailure(
            GapReason.UNKNOWN,
            "first_frame",
            f"程序内部错误（{type(error).__name__}），已重新连接；请把日志发给开发者",
            f"a defect of this program ({type(error).__name__}), connecting anew; please send the log to its developers",
        )
    if isinstance(error, OSError) and error.errno in (
        errno.ETIMEDOUT,
        errno.EHOSTUNREACH,
        errno.ENETUNREACH,
        errno.EPIPE,
    ):
        return SourceFailure(
            GapReason.NETWORK,
            "first_frame",
            "网络中断：与设备的连接超时，请检查网络",
            "the network failed: the connection to the device timed out; check the network",
        )
    return SourceFailure(
        GapReason.UNREACHABLE,
        "first_frame",
        "设备关闭了连接：可能断电、重启或达到最大连接数",
        "the device closed the connection: power failure, restart, or too many viewers",
    )


def garbled() -> SourceFailure:
    """What comes is no RTSP any more, in the middle of media."""
    return SourceFailure(
        GapReason.NETWORK,
        "first_frame",
        "收到的数据已损坏，正在重新连接",
        "the data on the connection is broken; connecting anew",
    )


def session_lost() -> SourceFailure:
    """454 or a TEARDOWN by the server."""
    return SourceFailure(
        GapReason.NETWORK,
        "first_frame",
        "设备结束了会话，正在重新连接",
        "the device ended the session; connecting anew",
    )
