/** How a verdict of the rules looks; its words are in the dictionary under `verdict.`. */
const TONES: Readonly<Record<string, string>> = {
  blocked: "mj-bad", fail: "mj-bad", undetermined: "mj-warn", undecidable: "mj-warn", suspended: "mj-warn", due: "mj-warn",
  advised: "mj-faint", pass: "mj-good", not_applicable: "mj-faint",
};

export function toneOf(verdict: string): string {
  return TONES[verdict] ?? "mj-faint";
}
