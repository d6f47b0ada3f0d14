/** Where a PTZ camera stands, as the screen reads it. Pure. */
import type { Mask, Position } from "../api/masks";

/** Names that people mean alike, as the server compares them: width, case, spaces and what cannot be seen do not count. */
export const presetKey = (name: string): string => name.normalize("NFKC").toLowerCase().replace(/[\p{C}\p{Z}]/gu, "");

/** The presets that a camera's masks were drawn for, each once. */
export function presetsOf(masks: readonly Mask[]): readonly string[] {
  const found = new Map<string, string>();
  for (const { preset } of masks) if (preset !== "" && !found.has(presetKey(preset))) found.set(presetKey(preset), preset);
  return [...found.values()];
}

export const hasMasks = (masks: readonly Mask[], preset: string): boolean => masks.some((one) => one.preset !== "" && presetKey(one.preset) === presetKey(preset));

/** What is said of the present: the newest statement, unless it is over. */
export function standing(positions: readonly Position[]): Position | null {
  const newest = positions[0];
  return newest && newest.ended_at === null ? newest : null;
}
