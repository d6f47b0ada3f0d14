// What the check answers, with the keys of verify/package_report.py.

export type State = "PASS" | "FAIL" | "UNKNOWN";

export interface Said {
  zh: string;
  en: string;
}

export const said = (zh: string, en: string): Said => ({ zh, en });

export interface Altered {
  part: "container" | "member" | "init" | "fragment" | "leaf_box";
  file: string;
  offset: number;
  end: number;
  member_offset?: number;
  member_end?: number;
  camera?: string;
  fragment?: number;
  gop?: number;
  start_ns?: bigint;
  end_ns?: bigint;
}

export class Failed extends Error {
  readonly said: Said;

  constructor(zh: string, en: string, readonly altered: Altered | null = null) {
    super(en);
    this.said = { zh, en };
  }
}

export interface Step extends Said {
  number: number;
  id: string;
  name: Said;
  state: State;
}

export interface Derivation {
  package: string;
  manifest_digest: string;
  redacted_by: string;
  checked_by: string;
}

/** Shown in so many films with privacy masks burned in, and in no original. */
export interface MaskedClip {
  camera: string;
  name: string;
  from: string;
  to: string;
  films: number;
}

export interface Report {
  verdict: "PASS" | "FAIL" | "INTACT, SIGNER UNKNOWN";
  package: string | null;
  seal_key: string | null;
  steps: Step[];
  altered: Altered | null;
  derived_from: Derivation | null;
  masked: MaskedClip[];
}

/** UTC with Z, as short as exact: seconds, or 3, 6 or 9 digits of fraction. */
export function isoNs(ns: bigint): string {
  const base = new Date(Number(ns / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
  const fraction = ns % 1_000_000_000n;
  if (!fraction) return `${base}Z`;
  return `${base}.${fraction.toString().padStart(9, "0").replace(/(000)+$/, "")}Z`;
}

/** The report as the command line prints it with --json. */
export function reportJson(report: Report): object {
  const { altered } = report;
  const iso = (ns: bigint | undefined): string | null => (ns === undefined ? null : isoNs(ns));
  return {
    verdict: report.verdict,
    package: report.package,
    seal_key: report.seal_key,
    steps: report.steps.map(({ number, id, state, zh, en }) => ({ number, id, state, zh, en })),
    altered: altered && {
      part: altered.part, file: altered.file, offset: altered.offset, end: altered.end,
      member_offset: altered.member_offset ?? 0, member_end: altered.member_end ?? 0, camera: altered.camera ?? null,
      fragment: altered.fragment ?? null, gop: altered.gop ?? null, start: iso(altered.start_ns),
      end_time: iso(altered.end_ns),
    },
    derived_from: report.derived_from,
    masked: report.masked,
  };
}

/** What a derived package was made from, for people. */
export function derivationText(from: Derivation, chinese: boolean): string {
  return chinese
    ? `DERIVED 派生自证据包 ${from.package}\uff0c关联已验证\uff1b遮蔽处理 ${from.redacted_by}\uff0c检查 ${from.checked_by}`
    : `DERIVED from the package ${from.package}, the link is verified; redacted by ${from.redacted_by}, checked by ${from.checked_by}`;
}

/** What is shown under privacy masks, for people. */
export function maskedText(clip: MaskedClip, chinese: boolean): string {
  const span = `${clip.name} ${clip.from} - ${clip.to}`;
  return chinese
    ? `DERIVED ${span} 已烧入隐私遮蔽\uff1a由账本所载录像制成\uff0c关联已验证\uff0c本文件不含其原始画面`
    : `DERIVED ${span} has privacy masks burned in: made from recordings that the ledger holds, the link is verified, no original of it is in this file`;
}

/** Where something is altered, for people. */
export function alteredText(altered: Altered, chinese: boolean): string {
  const where = `${altered.member_offset ?? 0}-${altered.member_end ?? 0}`;
  if (!altered.file) {
    const range = `${altered.offset}-${altered.end}`;
    return chinese ? `文件第 ${range} 字节` : `bytes ${range} of the file`;
  }
  let text = chinese ? `${altered.file}\uff0c字节 ${where}` : `${altered.file}, bytes ${where}`;
  if (altered.fragment !== undefined) {
    text += chinese
      ? `\uff0c第 ${altered.fragment} 片段\uff0c第 ${altered.gop} 个 GOP\uff0c`
      : `, fragment ${altered.fragment}, GOP ${altered.gop}, `;
    text += `${isoNs(altered.start_ns!)} - ${isoNs(altered.end_ns!)}`;
  }
  return text;
}
