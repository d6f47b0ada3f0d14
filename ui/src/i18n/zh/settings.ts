export const settings = {
  "settings.title": "我的设置",
  "settings.language": "语言",
  "settings.theme": "明暗",
  "settings.theme.light": "浅色",
  "settings.theme.dark": "深色",
  "settings.theme.auto": "跟随系统",
  "settings.account": "账号",
  "settings.unit": "单位",
  "settings.role": "角色",
} as const;
