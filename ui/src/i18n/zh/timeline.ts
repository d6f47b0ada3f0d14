export const timeline = {
  "kind.because": "{what}：{why}",
  "kind.recorded": "有录像",
  "kind.backfilled": "有录像（事后补录）",
  "kind.gap": "缺录像",
  "kind.expired": "已过保存期，按规定删除",
  "kind.not_planned": "那时还没有安排录像",
  "kind.future": "还没到的时间",

  "reason.unreachable": "连不上摄像机",
  "reason.authentication": "摄像机密码不对",
  "reason.network": "网络中断",
  "reason.engine_down": "录像程序没有运行",
  "reason.storage": "硬盘故障或已满",
  "reason.disabled": "摄像机被停用",
  "reason.unknown": "原因不明",
} as const;
