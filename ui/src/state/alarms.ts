/** What must not be overlooked on any page: alarms of the recorder, and a recorder that does not answer. */
import { ref } from "vue";

import { api } from "../api/calls";
import type { SystemStatus } from "../api/types";
import { may } from "./session";

export interface Alarm {
  readonly zh: string;
  readonly en: string;
}

export const alarms = ref<readonly Alarm[]>([]);

const POLL_MS = 10_000;

/**
 * `urgentOnly`: what a guard must see on any page; deletion that pauses can wait for the administrator. In a demo folder it
 * is no alarm at all (many laptops and containers have no NTP): the system page still says that nothing is deleted, and why.
 */
export function alarmsOf(status: SystemStatus, urgentOnly = false): Alarm[] {
  const found: Alarm[] = status.alarms.map((alarm) => {
    const plain = alarm["detail"] ?? alarm["code"] ?? "";
    return { zh: alarm["zh"] ?? plain, en: alarm["en"] ?? plain };
  });
  if (status.engine.state === "away") found.push({ zh: "录像程序没有应答", en: "The recorder does not answer" });
  if (status.deletion_paused && !urgentOnly && !status.demo) {
    found.push({ zh: "到期删除已暂停，请核对服务器时间", en: "Deletion of old footage is paused: check the server's time" });
  }
  return found;
}

/** Ask every ten seconds until the returned function is called; only for those who may see the system page. */
export function watchAlarms(): () => void {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let stopped = false;
  const ask = async (): Promise<void> => {
    if (may("system.read") && !document.hidden) {
      // When the server itself does not answer, each screen says so; the banner keeps what it knew.
      alarms.value = await api.systemStatus().then((status) => alarmsOf(status, true), () => alarms.value);
    }
    if (!stopped) timer = setTimeout(() => void ask(), POLL_MS);
  };
  void ask();
  return () => {
    stopped = true;
    if (timer) clearTimeout(timer);
  };
}
