export const lock = {
  "lock.title": "屏幕已锁定",
  "lock.intro": "画面已停止。只有本人可以解锁；换班请由接班人重新登录。",
  "lock.password": "{name} 的密码",
  "lock.unlock": "解锁",
  "lock.passkey": "用通行密钥解锁",
  "lock.relieve": "退出，由他人登录",
  "lock.soon": "无人操作，{n} 秒后锁定屏幕。动一下鼠标或按任意键继续。",
  "lock.now": "锁定屏幕",
} as const;
