export const passkey = {
  "passkey.title": "通行密钥",
  "passkey.intro": "用本机的指纹、面容、PIN 或者安全密钥登录，不用输入密码和验证码；需要验证码的办理环节也可以用它确认。",
  "passkey.impossible": "通过 IP 地址或者未加密的连接访问时不能使用通行密钥，请用域名访问本系统。",
  "passkey.add": "添加通行密钥",
  "passkey.added": "已添加通行密钥",
  "passkey.name": "设备名称",
  "passkey.name.hint": "例如：值班室电脑",
  "passkey.used": "最近使用：{at}",
  "passkey.unused": "尚未使用",
  "passkey.remove": "移除",
  "passkey.removed": "已移除通行密钥",
  "passkey.remove.password": "移除“{name}”，请输入当前密码",
  "passkey.use": "使用通行密钥",
  "passkey.sign_in": "用通行密钥登录",

} as const;
