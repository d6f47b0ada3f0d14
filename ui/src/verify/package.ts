// The nine steps of verify/package.py, over a file that stays where it is: slices are read, hashed and let go.

import { concat, crc32, fromUtf8, hex, type ReadAt } from "./bytes";
import { BadDocument, MANIFEST_SHAPE, readCanonical, STEPS } from "./document";
import { checkCompleteness, checkSegments, FootageCheck, maskedClips } from "./footage";
import { checkDerivation, judgeOriginal, sealText } from "./derivation";
import { BadFrame, readMembers, type Member } from "./frame";
import { digest, hasher, type Algorithm } from "./hash";
import { checkLedger, judgeSigners, unprovedFacts, type Facts } from "./ledger";
import type { Manifest } from "./manifest";
import { BadNote, decodeKey, signedBy, splitNote, type Anchor } from "./note";
import { Failed, said, type Altered, type Derivation, type MaskedClip, type Report, type Said, type State, type Step } from "./report";

const MANIFEST_NAME = "manifest.json";
const SEAL_NAME = "seal.txt";
const MAX_MANIFEST = 64 << 20;
const MAX_SEAL = 64 << 10;
const CHUNK = 1 << 20;

export type Progress = (done: number, total: number) => void;
type Outcome = [State, Said];

export interface Checked {
  report: Report;
  manifest: Manifest | null;
  members: Member[];
}

export async function verifyPackage(
  readAt: ReadAt, size: number, anchor: Anchor | null, progress: Progress = () => undefined,
): Promise<Checked> {
  return new Check(readAt, size, anchor, progress).run();
}

class Check {
  private members: Member[] = [];
  private byName = new Map<string, Member>();
  private manifest: Manifest | null = null;
  private manifestBytes = new Uint8Array(0);
  private ledger: Facts | null = null;
  private altered: Altered | null = null;
  private derivedFrom: Derivation | null = null;
  private masked: MaskedClip[] = [];

  constructor(
    private readonly readAt: ReadAt, private readonly size: number, private readonly anchor: Anchor | null,
    private readonly progress: Progress,
  ) {}

  async run(): Promise<Checked> {
    const takers = [
      () => this.container(), () => this.readManifest(), () => this.seal(), () => this.documents(),
      () => this.proveLedger(), () => this.segments(), () => this.footage(), () => this.complete(), () => this.trust(),
    ];
    const steps: Step[] = [];
    for (const [index, take] of takers.entries()) {
      const { id, zh, en } = STEPS[index]!;
      const [state, found] = await this.take(take);
      steps.push({ number: index + 1, id, name: { zh, en }, state, zh: found.zh, en: found.en });
    }
    const states = steps.map((step) => step.state);
    const verdict = states.includes("FAIL") ? "FAIL" : states.includes("UNKNOWN") ? "INTACT, SIGNER UNKNOWN" : "PASS";
    const report: Report = {
      verdict, package: this.manifest?.package ?? null, seal_key: this.manifest?.seal_key ?? null, steps,
      altered: this.altered, derived_from: this.derivedFrom, masked: this.masked,
    };
    return { report, manifest: this.manifest, members: this.members };
  }

  private async take(take: () => Promise<Outcome> | Outcome): Promise<Outcome> {
    try {
      return await take();
    } catch (error) {
      if (!(error instanceof Failed)) throw error;
      this.altered ??= error.altered;
      return ["FAIL", error.said];
    }
  }

  private async container(): Promise<Outcome> {
    try {
      this.members = await readMembers(this.readAt, this.size);
    } catch (error) {
      if (!(error instanceof BadFrame)) throw error;
      throw new Failed(`第 ${error.offset} 字节起与格式不符`, `not as the format says, from byte ${error.offset} on`, {
        part: "container", file: "", offset: error.offset, end: error.end,
      });
    }
    this.byName = new Map(this.members.map((member) => [member.name, member]));
    const count = this.members.length;
    return ["PASS", said(
      `${count} 个成员\uff0c${this.size} 字节\uff0c无一字节在外`, `${count} members, ${this.size} bytes, none outside`,
    )];
  }

  private async readManifest(): Promise<Outcome> {
    const data = await this.small(MANIFEST_NAME, MAX_MANIFEST);
    this.manifestBytes = data;
    try {
      this.manifest = readCanonical(data, MANIFEST_SHAPE) as unknown as Manifest;
    } catch (error) {
      if (!(error instanceof BadDocument)) throw error;
      throw new Failed("清单无法读取", "the manifest cannot be read", this.whole(MANIFEST_NAME));
    }
    const listed = this.manifest.members;
    const found = this.members.slice(0, -2);
    const last = this.members.slice(-2).map((member) => member.name);
    const fits = (index: number): boolean => {
      const [row, member] = [listed[index], found[index]];
      return row !== undefined && member !== undefined && row.name === member.name && row.bytes === member.size &&
        parseInt(row.crc32, 16) === member.crc32;
    };
    const all = listed.length === found.length && listed.every((_, index) => fits(index));
    if (!all || last.join() !== [MANIFEST_NAME, SEAL_NAME].join()) {
      const wrong = found.find((_, index) => index < listed.length && !fits(index));
      throw new Failed(
        "清单所列与文件成员不符", "the manifest lists other members than the file has",
        wrong === undefined ? null : this.whole(wrong.name),
      );
    }
    return ["PASS", said(`列出 ${listed.length} 个成员\uff0c次序一致`, `lists ${listed.length} members, in order`)];
  }

  private async seal(): Promise<Outcome> {
    const manifest = this.known();
    const data = await this.small(SEAL_NAME, MAX_SEAL);
    const algorithm = manifest.digest_alg;
    const found = hex(digest(algorithm, this.manifestBytes));
    const expected = sealText(manifest.package, algorithm, found);
    let name: string;
    let signed: string;
    let count: number;
    try {
      const key = decodeKey(manifest.seal_key);
      name = key.name;
      signed = signedBy(fromUtf8(data), key);
      count = splitNote(fromUtf8(data))[1].length;
    } catch (error) {
      if (!(error instanceof BadNote || error instanceof TypeError)) throw error;
      throw new Failed("封装签名无效", "the seal is not valid", this.whole(SEAL_NAME));
    }
    if (signed !== expected || count !== 1) {
      throw new Failed("封装签名与清单不符", "the seal is not this manifest's", this.whole(MANIFEST_NAME));
    }
    const from = (this.derivedFrom = checkDerivation(manifest));
    if (from === null) return ["PASS", said(`由 ${name} 签署`, `signed by ${name}`)];
    return ["PASS", said(
      `由 ${name} 签署\uff1b派生自 ${from.package}\uff0c其封装签名成立`,
      `signed by ${name}; derived from ${from.package}, whose seal holds`,
    )];
  }

  private async documents(): Promise<Outcome> {
    const manifest = this.known();
    const kept = manifest.members.filter((row) => row.digest !== null);
    for (const row of kept) {
      const member = this.byName.get(row.name);
      if (member === undefined || (await this.digestMember(member, manifest.digest_alg)) !== row.digest) {
        throw new Failed(`${row.name} 与清单不符`, `${row.name} is not what the manifest says`, this.whole(row.name));
      }
    }
    for (const approval of manifest.approvals) {
      if (!kept.some((row) => row.name === approval.member)) {
        throw new Failed(`审批文书 ${approval.member} 不在包内`, `${approval.member} is not in the package`);
      }
    }
    return ["PASS", said(`${kept.length} 个附件与清单一致`, `${kept.length} members fit the manifest`)];
  }

  private proveLedger(): Outcome {
    const manifest = this.known();
    this.ledger = checkLedger(manifest);
    const { origin, size } = this.ledger.checkpoint;
    const count = manifest.ledger.leaves.length;
    return ["PASS", said(`${count} 条记录在 ${origin} 的 ${size} 条之内`, `${count} leaves are among the ${size} of ${origin}`)];
  }

  private segments(): Outcome {
    const found = checkSegments(this.known(), this.proved());
    this.masked = maskedClips(this.known());
    return ["PASS", found];
  }

  private async footage(): Promise<Outcome> {
    const facts = this.ledger ?? unprovedFacts(this.known());
    return ["PASS", await new FootageCheck(this.readAt, this.byName, this.known(), facts, this.progress).run()];
  }

  private complete(): Outcome {
    return ["PASS", checkCompleteness(this.known(), this.proved())];
  }

  private trust(): Outcome {
    const [known, proved] = [this.known(), this.proved()];
    judgeOriginal(known, this.anchor);
    return judgeSigners(known, proved, this.anchor);
  }

  private known(): Manifest {
    if (this.manifest === null) throw new Failed("清单不可读\uff0c未能检查", "not checked: there is no manifest to read");
    return this.manifest;
  }

  private proved(): Facts {
    this.known();
    if (this.ledger === null) {
      throw new Failed("账本证明不成立\uff0c未能检查", "not checked: the ledger's proofs do not hold");
    }
    return this.ledger;
  }

  private async small(name: string, most: number): Promise<Uint8Array<ArrayBuffer>> {
    const member = this.byName.get(name);
    if (member === undefined || member.size > most) {
      throw new Failed(`没有可读的 ${name}`, `there is no ${name} that can be read`);
    }
    const data = concat(await this.readAt(member.dataOffset, member.size)) as Uint8Array<ArrayBuffer>;
    if (crc32(data) !== member.crc32) {
      throw new Failed(`${name} 的校验和不符`, `the checksum of ${name} is wrong`, this.whole(name));
    }
    return data;
  }

  private whole(name: string): Altered | null {
    const member = this.byName.get(name);
    if (member === undefined) return null;
    return { part: "member", file: name, offset: member.dataOffset, end: member.end, member_end: member.size };
  }

  private async digestMember(member: Member, algorithm: Algorithm): Promise<string> {
    const state = hasher(algorithm);
    for (let at = member.dataOffset; at < member.end; at += CHUNK) {
      state.update(await this.readAt(at, Math.min(CHUNK, member.end - at)));
    }
    return hex(state.digest());
  }
}

