// The page's own digests, signatures, trees and documents against the vectors that Python and OpenSSL agree on.

import { describe, expect, it } from "vitest";

import digests from "../../../tests/verify/vectors/digests.json";
import documents from "../../../tests/verify/vectors/documents.json";
import ed25519 from "../../../tests/verify/vectors/ed25519.json";
import sm2 from "../../../tests/verify/vectors/sm2.json";
import trees from "../../../tests/verify/vectors/trees.json";
import { crc32, fromHex, hex, utf8 } from "./bytes";
import { readCanonical } from "./document";
import { verifyEd25519 } from "./ed25519";
import { arrivalNs } from "./footage";
import { hasher, sha512, type Algorithm } from "./hash";
import { treeRoot, verifyConsistency, verifyInclusion } from "./merkle";
import { decodeKey, parseCheckpoint, readAnchors, splitNote } from "./note";
import { isoNs } from "./report";
import { verifySm2 } from "./sm2";

describe("digests", () => {
  it.each(["sha256", "sm3"] as const)("%s, whole and in pieces", (algorithm) => {
    for (const row of digests) {
      const data = fromHex(row.data);
      for (const cut of [0, 1, 63, 64, 65, 200]) {
        const state = hasher(algorithm).update(data.subarray(0, cut)).update(data.subarray(cut));
        expect(hex(state.digest())).toBe(row[algorithm]);
      }
    }
  });

  it("SHA-512", () => {
    for (const row of digests) expect(hex(sha512(fromHex(row.data)))).toBe(row.sha512);
  });

  it("CRC-32 of the standard's check string", () => {
    expect(crc32(utf8("123456789"))).toBe(0xcbf43926);
  });

  it("hashes at a speed that an hour of footage needs", () => {
    const data = new Uint8Array(16 << 20);
    const began = performance.now();
    hasher("sha256").update(data).digest();
    expect((data.length / 1e6 / (performance.now() - began)) * 1000).toBeGreaterThan(10); // MB/s, on a busy machine
  });
});

describe("signatures", () => {
  it("Ed25519", () => {
    for (const row of ed25519) {
      expect(verifyEd25519(fromHex(row.key), fromHex(row.message), fromHex(row.signature))).toBe(row.good);
    }
  });

  it("SM2, OpenSSL's among them", () => {
    for (const row of sm2) {
      expect(verifySm2(fromHex(row.key), fromHex(row.message), fromHex(row.signature))).toBe(row.good);
    }
  });
});

describe("trees", () => {
  it("root, inclusion, consistency, and what does not fit", () => {
    for (const row of trees) {
      const algorithm = row.algorithm as Algorithm;
      const leaves = row.leaves.map(fromHex);
      const root = fromHex(row.root);
      const size = BigInt(leaves.length);
      expect(hex(treeRoot(algorithm, leaves))).toBe(row.root);
      row.inclusion.forEach((proof, index) => {
        const path = proof.map(fromHex);
        expect(verifyInclusion(algorithm, leaves[index]!, BigInt(index), size, path, root)).toBe(true);
        expect(verifyInclusion(algorithm, leaves[index]!, BigInt(index) + 1n, size, path, root)).toBe(false);
        expect(verifyInclusion(algorithm, leaves[index]!, BigInt(index), size, [...path, root], root)).toBe(false);
      });
      for (const { old, root: was, proof } of row.consistency) {
        const path = proof.map(fromHex);
        expect(verifyConsistency(algorithm, BigInt(old), fromHex(was), size, root, path)).toBe(true);
        expect(verifyConsistency(algorithm, BigInt(old), new Uint8Array(32), size, root, path)).toBe(false);
      }
    }
  });
});

it("documents have one spelling", () => {
  for (const row of documents) {
    const read = (): unknown => readCanonical(utf8(row.text), null);
    if (row.good) read();
    else expect(read, row.text).toThrow();
  }
});

it("what is not a key, a note, a checkpoint or an anchor is refused", () => {
  for (const text of ["", "a", "a+b+c", "log+00000000+AQ=="]) expect(() => decodeKey(text)).toThrow();
  for (const text of ["", "a\n", "a\n\n", "a\n\n— x y\n"]) expect(() => splitNote(text)).toThrow();
  for (const text of ["", "a\n1\n"]) expect(() => parseCheckpoint(text)).toThrow();
  expect(() => readAnchors([utf8("seal nonsense\n")])).toThrow();
  expect(readAnchors([utf8("# nothing\n\n")]).sealKeys.size).toBe(0);
});

it("times are as short as exact", () => {
  expect(isoNs(1_764_000_000_000_000_000n)).toBe("2025-11-24T16:00:00Z");
  expect(isoNs(1_764_000_000_040_000_000n)).toBe("2025-11-24T16:00:00.040Z");
  expect(isoNs(1_764_000_000_000_001_000n)).toBe("2025-11-24T16:00:00.000001Z");
  expect(isoNs(1_764_000_000_000_000_001n)).toBe("2025-11-24T16:00:00.000000001Z");
});

it("a fragment's arrival is read in this era of NTP and in the next, which begins in 2036", () => {
  const boxes: [string, bigint][] = [
    ["00000020707266740100000800000001ecceff800a3d70a40000000000000000", 1764000000040000000n],
    ["000000207072667401000008000000010754fd00000000000000000000000000", 2208988800000000000n],
  ];
  for (const [box, ns] of boxes) expect(arrivalNs(fromHex(box))).toBe(ns);
});
