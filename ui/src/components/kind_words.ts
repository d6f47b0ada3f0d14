/** What became of a stretch of time, and why, in words. */
import { t, tOr } from "../i18n";
import type { TimeSpan } from "../timeline/model";

export function kindWords(span: TimeSpan): string {
  const what = tOr(`kind.${span.kind}`, span.kind);
  return span.reason ? t("kind.because", { what, why: tOr(`reason.${span.reason}`, span.reason) }) : what;
}
