// The manifest after its form was checked: docs/design/evidence.md section 3.

import type { Algorithm } from "./hash";

export interface Part {
  member: string;
  leaf: number;
  init_bytes: number;
  first: number;
  start_ns: string;
  end_ns: string;
  fragments: { bytes: number; start_ns: string; key: boolean }[];
  hashes: string[];
}

export interface Derived {
  member: string;
  leaf: number;
  kind: string;
  first: number;
  count: number;
  start_ns: string;
  end_ns: string;
  parameters: string;
  made_by: string;
  made_ns: string;
  hashes: string[];
}

export interface Clip {
  camera: string;
  name: string;
  stream: string;
  from_ns: string;
  to_ns: string;
  masked: boolean;
  clock: { offset_ms: number | null; checked_ns: string | null; zh: string; en: string };
  parts: Part[];
  derived: Derived[];
  gaps: number[];
  declared: { start_ns: string; end_ns: string; reason: string }[];
}

export interface DerivationRow {
  package: string;
  digest_alg: Algorithm;
  manifest_digest: string;
  seal_key: string;
  seal: string;
  reason: string;
  redacted_by: string;
  redacted_ns: string;
  checked_by: string;
  checked_ns: string;
  redacted_by_id?: string;
  checked_by_id?: string;
}

export interface Manifest {
  package: string;
  created_ns: string;
  digest_alg: Algorithm;
  seal_key: string;
  subject: { [key: string]: string | null };
  custody: { at_ns: string; act: string; person: string; unit: string | null; detail: string | null; leaf: number | null }[];
  approvals: { title: string; person: string; post: string | null; at_ns: string; member: string; leaf: number | null }[];
  members: { name: string; bytes: number; crc32: string; digest: string | null; title: string | null }[];
  ledger: {
    key: string;
    checkpoint: string;
    later: { checkpoint: string; proof: string[] }[];
    leaves: { index: number; leaf: string; proof: string[] }[];
  };
  clips: Clip[];
  derivation?: DerivationRow;
}
