"""What goes wrong with an identity provider, and whose fault it is: each sentence is shown on the sign-in screen."""

from __future__ import annotations

import requests

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text

_OPERATOR = Text(
    "请用密码或通行密钥登录，并请运维人员运行 mingjian oidc check",
    "sign in by password or passkey, and let the operator run mingjian oidc check",
)


def unreachable(issuer: str, error: Exception) -> MingjianError:
    """It does not answer, or not as a provider would: network, name, certificate, its own failure."""
    if isinstance(error, requests.exceptions.SSLError):
        zh, en = "无法核实统一身份认证的证书", "the identity provider's certificate cannot be checked"
        remedy = Text("请检查 mingjian.toml 的 oidc.ca_file", "look at oidc.ca_file in mingjian.toml")
        return MingjianError(
            "oidc_unreachable", Text(zh, en), fault=Fault.ENVIRONMENT, remedy=remedy, detail=f"{issuer}: {error}"
        )
    return MingjianError(
        "oidc_unreachable",
        Text("统一身份认证无响应", "the identity provider does not answer"),
        fault=Fault.PEER,
        remedy=_OPERATOR,
        detail=f"{issuer}: {error}",
    )


def untrusted(detail: str, field: str | None = None) -> MingjianError:
    """It answers what may not be believed."""
    return MingjianError(
        "oidc_untrusted",
        Text("统一身份认证的答复未通过核验", "the identity provider's answer cannot be believed"),
        fault=Fault.PEER,
        field=field,
        remedy=_OPERATOR,
        detail=detail,
    )


def wrong_client(detail: str) -> MingjianError:
    """It does not know us: client id or secret of the settings are not those it has."""
    return MingjianError(
        "oidc_wrong_client",
        Text(
            "统一身份认证不接受本系统的客户端编号或密钥",
            "the identity provider does not accept this system's client id or secret",
        ),
        fault=Fault.ENVIRONMENT,
        field="client_id",
        remedy=Text(
            "请运维人员核对 mingjian.toml 的 oidc.client_id，并用 mingjian oidc secret 重新录入密钥",
            "the operator compares oidc.client_id in mingjian.toml and enters the secret anew: mingjian oidc secret",
        ),
        detail=detail,
    )


def clock_apart(apart_s: int) -> MingjianError:
    """Ours and its clock disagree: positive when ours is ahead."""
    ahead = apart_s > 0
    return MingjianError(
        "oidc_clock",
        Text(
            f"本机时钟比统一身份认证{'快' if ahead else '慢'} {abs(apart_s)} 秒，无法核验登录",
            f"this machine's clock is {abs(apart_s)} s {'ahead of' if ahead else 'behind'} the identity provider's",
        ),
        fault=Fault.ENVIRONMENT,
        remedy=Text("请运维人员检查两端的时间同步", "the operator looks after the time of both machines"),
    )


def no_secret() -> MingjianError:
    """The secret was never entered, or does not belong to this issuer and client."""
    return MingjianError(
        "oidc_setting",
        Text(
            "统一身份认证的客户端密钥没有录入，或与当前设置不符",
            "the client secret was not entered, or belongs to other settings",
        ),
        fault=Fault.ENVIRONMENT,
        remedy=Text("请运行 mingjian oidc secret", "run mingjian oidc secret"),
    )
