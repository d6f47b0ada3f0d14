/** Is a retention certificate signed, and is it in the ledger? Judged here, by the bytes of its file (docs/design/retention.md, section 5). */
import { fromHex, hex, utf8 } from "../verify/bytes";
import { digest } from "../verify/hash";
import { leafHash, verifyInclusion } from "../verify/merkle";
import { decodeKey, parseCheckpoint, signedBy } from "../verify/note";

export interface ProofFile {
  readonly key: string;
  readonly note: string;
  readonly ledger: { readonly key: string; readonly leaf: string; readonly index: number; readonly proof: readonly string[]; readonly checkpoint: string } | null;
}

/** `signed`: by `key`. `inLedger`: proved by a signed checkpoint, null while the file brings no proof of it. */
export interface Checked {
  readonly signed: boolean;
  readonly inLedger: boolean | null;
  readonly key: string;
}

export function checkProof(file: ProofFile): Checked {
  let text: string;
  try {
    text = signedBy(file.note, decodeKey(file.key));
  } catch {
    return { signed: false, inLedger: null, key: file.key };
  }
  return { signed: true, inLedger: file.ledger === null ? null : proved(file.ledger, text), key: file.key };
}

function proved(told: NonNullable<ProofFile["ledger"]>, text: string): boolean {
  try {
    const said = parseCheckpoint(signedBy(told.checkpoint, decodeKey(told.key)));
    const leaf = JSON.parse(told.leaf) as Record<string, unknown>;
    const certificate = hex(digest("sha256", utf8(text.slice(0, -1))));
    return leaf["kind"] === "retention" && leaf["certificate"] === certificate
      && verifyInclusion(said.algorithm, leafHash(said.algorithm, utf8(told.leaf)), BigInt(told.index), said.size, told.proof.map(fromHex), said.root);
  } catch {
    return false;
  }
}
