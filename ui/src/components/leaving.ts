/** Escape, or the cross, on a form that somebody has typed into: he is asked before it is thrown away. */
import { ElMessageBox } from "element-plus";

import { t } from "../i18n";

/** For `before-close` of a drawer or dialog; `dirty`: whether its form holds what was not saved. */
export async function leave(dirty: boolean, close: () => void): Promise<void> {
  if (dirty) {
    const words = { type: "warning" as const, confirmButtonText: t("resource.unsaved.leave"), cancelButtonText: t("resource.unsaved.stay") };
    const sure = await ElMessageBox.confirm(t("resource.unsaved.what"), t("resource.unsaved"), words).then(() => true, () => false);
    if (!sure) return;
  }
  close();
}

/** The `before-close` of a dialog whose form is `values`: it asks once they differ from how they are now. */
export function leaving(values: object): (close: () => void) => void {
  const began = JSON.stringify(values);
  return (close) => void leave(JSON.stringify(values) !== began, close);
}
