// RFC 6962 / RFC 9162 trees: roots, inclusion and consistency. Indexes and sizes are BigInt.

import { concat, equal } from "./bytes";
import { digest, type Algorithm } from "./hash";

const ZERO = Uint8Array.of(0);
const ONE = Uint8Array.of(1);

export const leafHash = (algorithm: Algorithm, data: Uint8Array): Uint8Array => digest(algorithm, concat(ZERO, data));

const node = (algorithm: Algorithm, left: Uint8Array, right: Uint8Array): Uint8Array =>
  digest(algorithm, concat(ONE, left, right));

export function treeRoot(algorithm: Algorithm, leaves: Uint8Array[]): Uint8Array {
  const peaks: Uint8Array[] = [];
  leaves.forEach((leaf, index) => {
    for (let size = index; size & 1; size >>= 1) leaf = node(algorithm, peaks.pop()!, leaf);
    peaks.push(leaf);
  });
  if (!peaks.length) return digest(algorithm, new Uint8Array(0));
  return peaks.reduceRight((root, peak) => node(algorithm, peak, root));
}

export function verifyInclusion(
  algorithm: Algorithm, leaf: Uint8Array, index: bigint, size: bigint, proof: Uint8Array[], root: Uint8Array,
): boolean {
  if (index < 0n || index >= size) return false;
  let at = index;
  let last = size - 1n;
  let value = leaf;
  for (const sibling of proof) {
    if (last === 0n) return false;
    if (at & 1n || at === last) {
      value = node(algorithm, sibling, value);
      while (!(at & 1n) && at) {
        at >>= 1n;
        last >>= 1n;
      }
    } else value = node(algorithm, value, sibling);
    at >>= 1n;
    last >>= 1n;
  }
  return last === 0n && equal(value, root);
}

export function verifyConsistency(
  algorithm: Algorithm, old: bigint, oldRoot: Uint8Array, size: bigint, root: Uint8Array, proof: Uint8Array[],
): boolean {
  if (old === 0n) return !proof.length && equal(oldRoot, digest(algorithm, new Uint8Array(0)));
  if (old === size) return !proof.length && equal(oldRoot, root);
  if (old > size || !proof.length) return false;
  const path = old & (old - 1n) ? proof : [oldRoot, ...proof];
  let at = old - 1n;
  let last = size - 1n;
  while (at & 1n) {
    at >>= 1n;
    last >>= 1n;
  }
  let was = path[0]!;
  let now = path[0]!;
  for (const sibling of path.slice(1)) {
    if (last === 0n) return false;
    if (at & 1n || at === last) {
      was = node(algorithm, sibling, was);
      now = node(algorithm, sibling, now);
      while (!(at & 1n) && at) {
        at >>= 1n;
        last >>= 1n;
      }
    } else now = node(algorithm, now, sibling);
    at >>= 1n;
    last >>= 1n;
  }
  return last === 0n && equal(was, oldRoot) && equal(now, root);
}
