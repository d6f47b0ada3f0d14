"""Who may sign in, see and manage users."""

from __future__ import annotations

from mingjian.kernel.text import Text
from mingjian.web.authority.actor import Role
from mingjian.web.authority.policy import OpenPolicy, RolePolicy, SignedInPolicy

SET_UP = OpenPolicy("accounts.set_up", Text(zh="首次设置", en="set the system up"))  # only while no user exists
SIGN_IN = OpenPolicy("accounts.sign_in", Text(zh="登录", en="sign in"))
SIGN_OUT = SignedInPolicy("accounts.sign_out", Text(zh="退出登录", en="sign out"))
LOCK = SignedInPolicy("accounts.own_lock", Text(zh="锁定和解锁自己的屏幕", en="lock and unlock your own screen"))
OWN = SignedInPolicy("accounts.own", Text(zh="个人设置", en="see and change your own settings"))
OWN_PASSWORD = SignedInPolicy("accounts.own_password", Text(zh="修改自己的密码", en="change your own password"))
SECOND_FACTOR = SignedInPolicy(
    "accounts.own_second_factor", Text(zh="设置自己的二次验证", en="manage your own second factor")
)
TOKENS = SignedInPolicy("accounts.own_tokens", Text(zh="管理自己的接口令牌", en="manage your own API tokens"))
USERS_READ = RolePolicy("accounts.users_read", Text(zh="查看用户", en="see users"), [Role.ADMIN, Role.AUDITOR])
USERS_MANAGE = RolePolicy("accounts.users_manage", Text(zh="管理用户", en="manage users"), [Role.ADMIN])
