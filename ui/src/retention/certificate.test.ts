import { describe, expect, it } from "vitest";

import { checkProof, type ProofFile } from "./certificate";
import genuine from "./proof.example.json"; // written by `mingjian retention show -o` over a real store

const with_ = (change: Partial<ProofFile>): ProofFile => ({ ...(genuine as ProofFile), ...change });

describe("a retention certificate in the browser", () => {
  it("that is genuine is signed and in the ledger", () => {
    expect(checkProof(genuine as ProofFile)).toMatchObject({ signed: true, inLedger: true });
    expect(checkProof(with_({ ledger: null })).inLedger).toBeNull();
  });

  it("that was altered is not signed", () => {
    expect(checkProof(with_({ note: genuine.note.replace('"floor_days":30', '"floor_days":29') })).signed).toBe(false);
    expect(checkProof(with_({ key: "" })).signed).toBe(false);
  });

  it("is not in the ledger by another's leaf, another place or a broken proof", () => {
    const ledger = genuine.ledger;
    for (const change of [{ leaf: ledger.leaf.replace("2c78", "2c79") }, { index: 3 }, { proof: [] }, { proof: ["00"] }, { checkpoint: ledger.checkpoint.replace("\n5\n", "\n6\n") }]) {
      expect(checkProof(with_({ ledger: { ...ledger, ...change } }))).toMatchObject({ signed: true, inLedger: false });
    }
  });
});
