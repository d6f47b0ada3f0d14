// Steps 5 and 9, as verify/package_ledger.py has them.

import { equal, fromHex, utf8 } from "./bytes";
import { BadDocument, LEAF_SHAPES, readCanonical, type Json } from "./document";
import { leafHash, verifyConsistency, verifyInclusion } from "./merkle";
import type { Manifest } from "./manifest";
import { BadNote, decodeKey, parseCheckpoint, signedBy, splitNote, type Anchor, type Checkpoint } from "./note";
import { Failed, said, type Said, type State } from "./report";

export type Leaf = { [key: string]: Json };

export interface Facts {
  checkpoint: Checkpoint;
  words: Checkpoint[];
  leaves: Leaf[];
}

/** Leaf `number` of the manifest, of that kind. */
export function leafOf(facts: Facts, number: number, kind: string): Leaf {
  const leaf = facts.leaves[number];
  if (leaf === undefined || leaf["kind"] !== kind) {
    throw new Failed(`第 ${number} 条证明不是所需的记录`, `proved leaf ${number} is no ${kind}`);
  }
  return leaf;
}

export function unprovedFacts(manifest: Manifest): Facts {
  let checkpoint: Checkpoint;
  try {
    checkpoint = parseCheckpoint(splitNote(manifest.ledger.checkpoint)[0]);
  } catch (error) {
    if (!(error instanceof BadNote)) throw error;
    throw new Failed("检查点无法读取", "the checkpoint cannot be read");
  }
  return { checkpoint, words: [checkpoint], leaves: manifest.ledger.leaves.map((row) => readLeaf(row.leaf)) };
}

export function checkLedger(manifest: Manifest): Facts {
  const { ledger } = manifest;
  let checkpoint: Checkpoint;
  let later: Checkpoint[];
  try {
    const key = decodeKey(ledger.key);
    checkpoint = parseCheckpoint(signedBy(ledger.checkpoint, key));
    later = ledger.later.map((row) => parseCheckpoint(signedBy(row.checkpoint, key)));
  } catch (error) {
    if (!(error instanceof BadNote)) throw error;
    throw new Failed("检查点签名无效", "a checkpoint is not signed by the ledger's key");
  }
  const { algorithm, size, root } = checkpoint;
  const leaves = ledger.leaves.map((row) => {
    const hash = leafHash(algorithm, utf8(row.leaf));
    if (!verifyInclusion(algorithm, hash, BigInt(row.index), size, row.proof.map(fromHex), root)) {
      throw new Failed(
        `账本第 ${row.index} 条的包含证明不成立`, `leaf ${row.index} is not proved by the checkpoint`,
      );
    }
    return readLeaf(row.leaf);
  });
  let before = checkpoint;
  later.forEach((one, index) => {
    const proof = ledger.later[index]!.proof.map(fromHex);
    const same = one.origin === checkpoint.origin && one.algorithm === algorithm;
    if (!same || !verifyConsistency(algorithm, before.size, before.root, one.size, one.root, proof)) {
      throw new Failed("后来的检查点不是其延续", "a later checkpoint does not continue the log");
    }
    before = one;
  });
  checkReferences(manifest, leaves);
  return { checkpoint, words: [checkpoint, ...later], leaves };
}

function checkReferences(manifest: Manifest, leaves: Leaf[]): void {
  const digests = new Map(manifest.members.map((row) => [row.name, row.digest]));
  const refuse = (kind: string, number: number): never => {
    throw new Failed(
      `保管记录与账本第 ${number} 条证明不符`, `${kind}: proved leaf ${number} says something else`,
    );
  };
  for (const row of manifest.custody) {
    if (row.leaf !== null && leaves[row.leaf]?.["person"] !== row.person) refuse("custody", row.leaf);
  }
  for (const row of manifest.approvals) {
    if (row.leaf === null) continue;
    const leaf = leaves[row.leaf];
    const document = leaf?.["document"] ?? null;
    const fits = leaf?.["person"] === row.person && leaf["kind"] === "retrieval";
    if (!fits || document !== (digests.get(row.member) ?? null)) refuse("approvals", row.leaf);
  }
}

const sameLog = (held: Checkpoint, word: Checkpoint): boolean =>
  held.origin === word.origin && held.algorithm === word.algorithm && held.size === word.size;

export function judgeSigners(manifest: Manifest, facts: Facts, anchor: Anchor | null): [State, Said] {
  if (anchor === null) {
    return ["UNKNOWN", said("未提供信任锚\uff1a包不能为自己作证", "no anchor was given: a package cannot vouch for itself")];
  }
  let covered = false;
  for (const held of anchor.checkpoints) {
    for (const word of facts.words.filter((one) => sameLog(held, one))) {
      if (!equal(held.root, word.root)) {
        throw new Failed(
          `与外存检查点矛盾\uff1a同为 ${held.size} 条\uff0c根却不同`,
          `contradicts a checkpoint held outside: another root for the same ${held.size} leaves`,
        );
      }
      covered = true;
    }
  }
  if (anchor.sealKeys.size && !anchor.sealKeys.has(manifest.seal_key)) {
    throw new Failed("封装密钥不在信任锚之列", "the seal's key is not one that the anchor names");
  }
  if (anchor.ledgerKeys.size && !anchor.ledgerKeys.has(manifest.ledger.key) && !covered) {
    throw new Failed("账本密钥不在信任锚之列", "the ledger's key is not one that the anchor names");
  }
  const missing: Said[] = [];
  if (!anchor.sealKeys.size) missing.push(said("封装密钥", "the seal's key"));
  if (!covered && !anchor.ledgerKeys.size) missing.push(said("账本", "the ledger"));
  if (missing.length) {
    return ["UNKNOWN", said(
      `信任锚没有涉及${missing.map((one) => one.zh).join("和")}`,
      `the anchor says nothing of ${missing.map((one) => one.en).join(" and ")}`,
    )];
  }
  const how = covered ? said("外存检查点", "a checkpoint held outside") : said("账本密钥", "the ledger's key");
  return ["PASS", said(`封装密钥可信\uff1b${how.zh}吻合`, `the seal's key is trusted, and ${how.en} agrees`)];
}

function readLeaf(text: string): Leaf {
  try {
    const data = utf8(text);
    const loose = readCanonical(data, null);
    const shape = typeof loose["kind"] === "string" ? LEAF_SHAPES.get(loose["kind"]) : undefined;
    return shape === undefined ? loose : readCanonical(data, shape);
  } catch (error) {
    if (!(error instanceof BadDocument)) throw error;
    throw new Failed("账本记录无法读取", "a leaf cannot be read");
  }
}
