// A package made from another, as verify/package_derivation.py judges it.

import type { DerivationRow, Manifest } from "./manifest";
import { BadNote, decodeKey, signedBy, splitNote, type Anchor } from "./note";
import { Failed, type Derivation } from "./report";

/** What a seal signs. */
export const sealText = (name: string, algorithm: string, manifestDigest: string): string =>
  `mingjian-evidence-seal 1\n${name}\nmanifest ${algorithm} ${manifestDigest}\n`;

/** The original that the manifest names, null when it names none. */
export function checkDerivation(manifest: Manifest): Derivation | null {
  const row = manifest.derivation;
  if (row === undefined) return null;
  let signed: string;
  let count: number;
  try {
    signed = signedBy(row.seal, decodeKey(row.seal_key));
    count = splitNote(row.seal)[1].length;
  } catch (error) {
    if (!(error instanceof BadNote)) throw error;
    throw new Failed("原证据包的封装签名无效", "the original's seal is not valid");
  }
  if (signed !== sealText(row.package, row.digest_alg, row.manifest_digest) || count !== 1) {
    throw new Failed("原证据包的封装签名与所称不符", "the original's seal is of another package");
  }
  if (onePerson(row) || BigInt(row.checked_ns) < BigInt(row.redacted_ns)) {
    throw new Failed("遮蔽处理未经第二人检查", "the redaction was not checked by a second person");
  }
  for (const clip of manifest.clips) {
    if (clip.parts.length || !clip.masked || clip.derived.some((one) => one.kind !== "redaction")) {
      throw new Failed("派生包含有未经遮蔽处理的录像", "a derived package holds footage that is not redacted");
    }
  }
  return {
    package: row.package, manifest_digest: row.manifest_digest, redacted_by: row.redacted_by, checked_by: row.checked_by,
  };
}

/** By their ids where the manifest has both: two people may have one name. By name in packages that have none. */
function onePerson(row: DerivationRow): boolean {
  const [one, other] = [row.redacted_by_id, row.checked_by_id];
  return one !== undefined && other !== undefined ? one === other : row.redacted_by === row.checked_by;
}

/** Throws when the anchor names seal keys and the original's is none of them. */
export function judgeOriginal(manifest: Manifest, anchor: Anchor | null): void {
  const row = manifest.derivation;
  if (row !== undefined && anchor !== null && anchor.sealKeys.size && !anchor.sealKeys.has(row.seal_key)) {
    throw new Failed("原证据包的封装密钥不在信任锚之列", "the original's seal key is not one that the anchor names");
  }
}
