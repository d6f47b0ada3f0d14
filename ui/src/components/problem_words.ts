/** What went wrong and what to do, in the user's language, from whatever was thrown. */
import { ElMessage } from "element-plus";

import { Problem } from "../api/client";
import { sentence, t } from "../i18n";

export interface ProblemWords {
  readonly what: string;
  readonly remedy: string;
}

/** The server's English is made to stand behind a colon, too: alone it begins as a sentence does. */
export function wordsOf(error: unknown): ProblemWords | null {
  if (error === null || error === undefined) return null;
  if (error instanceof Problem) {
    if (error.code === "offline") return { what: t("error.offline"), remedy: t("error.offline.remedy") };
    if (error.message !== "") return { what: sentence(error.message), remedy: sentence(error.remedy ?? "") };
    return { what: t("error.unknown", { code: error.code }), remedy: t("error.unknown.remedy") };
  }
  console.error(error);
  const code = error instanceof Error ? error.name : typeof error === "string" ? error : typeof error;
  return { what: t("error.unknown", { code }), remedy: t("error.unknown.remedy") };
}

/** Show it for some seconds over the page. */
export function toast(error: unknown): void {
  const words = wordsOf(error);
  if (words) ElMessage({ type: "error", message: [words.what, words.remedy].filter(Boolean).join(" "), duration: 8000, showClose: true });
}

export function toastDone(text: string): void {
  ElMessage({ type: "success", message: text, duration: 2500 });
}
