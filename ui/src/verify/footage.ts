// Steps 6 to 8, as verify/package_footage.py has them.

import { concat, equal, fromHex, hex, type ReadAt } from "./bytes";
import type { Member } from "./frame";
import { hasher, Sha256, type Algorithm } from "./hash";
import { leafOf, type Facts, type Leaf } from "./ledger";
import type { Clip, Derived, Manifest, Part } from "./manifest";
import { treeRoot } from "./merkle";
import { Failed, isoNs, said, type Altered, type MaskedClip, type Said } from "./report";

const LEAF_BOX = 64;
const TOLERANCE_NS = 1_000_000_000n;
const LONGEST_FRAGMENT_NS = 10_000_000_000n;
const ROUNDING_NS = 1_000n;
const CHUNK = 4 << 20;
const NTP_EPOCH_S = 2_208_988_800n;
const LEAF_TYPE = fromHex("6d696e676a69616ea0c24e5f8b3d7102"); // wire/fmp4/build.py LEAF_UUID

const ns = (leaf: Leaf, key: string): bigint => BigInt(leaf[key] as string);

export function checkSegments(manifest: Manifest, facts: Facts): Said {
  let segments = 0;
  for (const clip of manifest.clips) {
    for (const part of [...clip.parts, ...clip.derived]) {
      checkOrigin(clip, part, leafOf(facts, part.leaf, "segment"));
      segments++;
    }
    clip.parts.forEach(checkTimes);
    if (clip.masked && clip.parts.length) {
      throw new Failed("有遮挡的片段含有原始录像", "a clip with masks holds original footage");
    }
    for (const number of clip.gaps) {
      const gap = leafOf(facts, number, "gap");
      if (gap["camera"] !== clip.camera || gap["stream"] !== clip.stream) {
        throw new Failed("缺口记录属于另一路视频", "a gap is another camera's or stream's");
      }
    }
  }
  checkApart(manifest);
  return said(`${segments} 段与账本中的摘要一致`, `${segments} segments have the digests of the ledger`);
}

/** Of what derived media show no original is in the file, in whichever clip. */
function checkApart(manifest: Manifest): void {
  const shown = manifest.clips.flatMap((clip) => clip.derived);
  for (const part of manifest.clips.flatMap((clip) => clip.parts)) {
    const end = part.first + part.fragments.length;
    if (shown.some((row) => row.leaf === part.leaf && part.first < row.first + row.count && row.first < end)) {
      throw new Failed(
        `${part.member} 含有派生视频所对应的原始录像`, `${part.member} holds originals of what derived media show`,
      );
    }
  }
}

/** The clips with privacy masks burned in, as the manifest has them. */
export const maskedClips = (manifest: Manifest): MaskedClip[] =>
  manifest.clips.filter((clip) => clip.masked && clip.derived.some((row) => row.kind === "mask")).map((clip) => ({
    camera: clip.camera, name: clip.name, from: isoNs(BigInt(clip.from_ns)), to: isoNs(BigInt(clip.to_ns)),
    films: clip.derived.length,
  }));

function checkOrigin(clip: Clip, part: Part | Derived, leaf: Leaf): void {
  const name = part.member;
  if (leaf["camera"] !== clip.camera || leaf["stream"] !== clip.stream) {
    throw new Failed(`${name} 属于另一路视频`, `${name} is another camera's or stream's`);
  }
  const hashes = part.hashes.map(fromHex);
  const leaves = (leaf["fragments"] as number) + 1;
  if (hashes.length !== leaves || hex(treeRoot(leaf["digest_alg"] as Algorithm, hashes)) !== leaf["digest"]) {
    throw new Failed(`${name} 的片段哈希与段摘要不符`, `the hashes of ${name} do not lead to the segment's digest`);
  }
  const count = "count" in part ? part.count : part.fragments.length;
  if (part.first < 1 || count < 1 || part.first + count > hashes.length) {
    throw new Failed(`${name} 所指片段不存在`, `${name} names fragments that the segment does not have`);
  }
  const [start, end] = [BigInt(part.start_ns), BigInt(part.end_ns)];
  if (!(ns(leaf, "start_ns") - ROUNDING_NS <= start && start < end && end <= ns(leaf, "end_ns") + ROUNDING_NS)) {
    throw new Failed(`${name} 的时间超出录像段`, `${name} claims a time outside its segment`);
  }
}

function checkTimes(part: Part): void {
  const first = BigInt(part.fragments[0]!.start_ns);
  const last = BigInt(part.fragments.at(-1)!.start_ns);
  const until = BigInt(part.end_ns);
  if (first !== BigInt(part.start_ns) || !(last < until && until <= last + LONGEST_FRAGMENT_NS)) {
    throw new Failed(`${part.member} 的片段时间不合理`, `the fragments of ${part.member} have impossible times`);
  }
}

export class FootageCheck {
  private done = 0;
  private fragments = 0;

  constructor(
    private readonly readAt: ReadAt, private readonly members: Map<string, Member>, private readonly manifest: Manifest,
    private readonly facts: Facts, private readonly progress: (done: number, total: number) => void,
  ) {}

  async run(): Promise<Said> {
    const parts = this.manifest.clips.flatMap((clip) => clip.parts.map((part) => ({ clip, part })));
    const media = this.manifest.members.filter((row) => row.digest === null).map((row) => row.name);
    if (parts.map(({ part }) => part.member).join() !== media.join()) {
      throw new Failed("录像文件与清单不符", "the media are not those that the clips name");
    }
    const digested = new Set(this.manifest.members.filter((row) => row.digest !== null).map((row) => row.name));
    if (this.manifest.clips.some((clip) => clip.derived.some((row) => !digested.has(row.member)))) {
      throw new Failed("派生视频不在包内", "derived media are not in the package");
    }
    const total = media.reduce((sum, name) => sum + this.member(name).size, 0);
    for (const { clip, part } of parts) await this.checkPart(clip, part, total);
    return said(
      `${this.fragments} 个片段、${this.done} 字节与记录一致`,
      `${this.fragments} fragments, ${this.done} bytes, are as recorded`,
    );
  }

  private member(name: string): Member {
    const member = this.members.get(name);
    if (member === undefined) throw new Failed(`${name} 不在包内`, `${name} is not in the package`);
    return member;
  }

  private async checkPart(clip: Clip, part: Part, total: number): Promise<void> {
    const member = this.member(part.member);
    const expected = part.fragments.reduce((sum, row) => sum + row.bytes + LEAF_BOX, part.init_bytes);
    if (expected !== member.size) {
      throw new Failed(`${member.name} 的长度不符`, `${member.name} has another length than its fragments`);
    }
    const algorithm = leafOf(this.facts, part.leaf, "segment")["digest_alg"] as Algorithm;
    const hashes = part.hashes.map(fromHex);
    if (part.first + part.fragments.length > hashes.length) {
      throw new Failed(`${member.name} 所指片段不存在`, `${member.name} names fragments that are not there`);
    }
    let at = member.dataOffset;
    if (!hashes.length || !equal(await this.hash(algorithm, at, part.init_bytes), hashes[0]!)) {
      throw new Failed(`${member.name} 的文件头被改动`, `the beginning of ${member.name} is altered`, {
        part: "init", file: member.name, offset: at, end: at + part.init_bytes, member_end: part.init_bytes,
        camera: clip.camera,
      });
    }
    at += part.init_bytes;
    let gop = 0;
    for (const [number, row] of part.fragments.entries()) {
      if (row.key || !number) gop++;
      await this.checkFragment(algorithm, hashes[part.first + number]!, { clip, part, member, number, gop, at });
      at += row.bytes + LEAF_BOX;
      this.done += row.bytes;
      this.progress(this.done, total);
    }
    this.fragments += part.fragments.length;
  }

  private async checkFragment(
    algorithm: Algorithm, known: Uint8Array,
    place: { clip: Clip; part: Part; member: Member; number: number; gop: number; at: number },
  ): Promise<void> {
    const { clip, part, member, number, gop, at } = place;
    const row = part.fragments[number]!;
    const index = part.first + number;
    const end = at + row.bytes;
    const where = (kind: "fragment" | "leaf_box", begin: number, until: number): Altered => ({
      part: kind, file: member.name, offset: begin, end: until, member_offset: begin - member.dataOffset,
      member_end: until - member.dataOffset, camera: clip.camera, fragment: index, gop, start_ns: BigInt(row.start_ns),
      end_ns: BigInt(part.fragments[number + 1]?.start_ns ?? part.end_ns),
    });
    if (!equal(await this.hash(algorithm, at, row.bytes), known)) {
      throw new Failed(
        `${member.name} 第 ${index} 片段与记录不符`, `fragment ${index} of ${member.name} is altered`,
        where("fragment", at, end),
      );
    }
    if (!equal(await this.readAt(end, LEAF_BOX), leafBox(algorithm, index, known))) {
      throw new Failed(
        `${member.name} 第 ${index} 片段后的哈希盒被改动`,
        `the leaf box behind fragment ${index} of ${member.name} is altered`,
        where("leaf_box", end, end + LEAF_BOX),
      );
    }
    if (arrivalNs(await this.readAt(at, Math.min(32, row.bytes))) !== BigInt(row.start_ns)) {
      throw new Failed(
        `${member.name} 第 ${index} 片段的时间与清单不符`,
        `fragment ${index} of ${member.name} says another time than the manifest`,
        where("fragment", at, end),
      );
    }
  }

  /** H(0x00 || bytes). The browser's own SHA-256 takes what fits in memory, if it agrees with ours on a known text. */
  private async hash(algorithm: Algorithm, at: number, size: number): Promise<Uint8Array> {
    if (algorithm === "sha256" && size <= CHUNK && (await hasFastSha256())) {
      const data = new Uint8Array(size + 1);
      data.set(await this.readAt(at, size), 1);
      return new Uint8Array(await crypto.subtle.digest("SHA-256", data));
    }
    const state = hasher(algorithm).update(Uint8Array.of(0));
    for (let begin = at; begin < at + size; begin += CHUNK) {
      state.update(await this.readAt(begin, Math.min(CHUNK, at + size - begin)));
    }
    return state.digest();
  }
}

let fast: Promise<boolean> | null = null;

/** Whether WebCrypto is there (not on file:// everywhere) and gives the digest that our own code gives. */
function hasFastSha256(): Promise<boolean> {
  fast ??= (async () => {
    const sample = Uint8Array.from({ length: 1000 }, (_, index) => (index * 31) & 255);
    try {
      return equal(new Uint8Array(await crypto.subtle.digest("SHA-256", sample)), new Sha256().update(sample).digest());
    } catch {
      return false;
    }
  })();
  return fast;
}

function leafBox(algorithm: Algorithm, index: number, hash: Uint8Array): Uint8Array {
  const head = new Uint8Array(8);
  head[0] = 1;
  head[1] = algorithm === "sha256" ? 1 : 2;
  new DataView(head.buffer).setUint32(4, index);
  return concat(Uint8Array.of(0, 0, 0, 64, 0x75, 0x75, 0x69, 0x64), LEAF_TYPE, head, hash);
}

/** Wall time of the prft box that a fragment of ours begins with; a first bit of zero means the era from 2036 (RFC 4330 3). */
export function arrivalNs(head: Uint8Array): bigint | null {
  if (head.length < 32 || hex(head.subarray(0, 8)) !== "0000002070726674") return null;
  const ntp = new DataView(head.buffer, head.byteOffset).getBigUint64(16);
  const era = ntp >> 63n ? 0n : 1n << 32n;
  return ((ntp >> 32n) + era - NTP_EPOCH_S) * 1_000_000_000n + (((ntp & 0xffffffffn) * 1_000_000_000n) >> 32n);
}

export function checkCompleteness(manifest: Manifest, facts: Facts): Said {
  let gaps = 0;
  let declared = 0;
  for (const clip of manifest.clips) {
    const to = BigInt(clip.to_ns);
    const proved = clip.gaps.map((number) => leafOf(facts, number, "gap") as { start_ns: string; end_ns: string });
    const rows = [...clip.parts, ...clip.derived, ...proved, ...clip.declared];
    const spans = [...rows.map((row) => [BigInt(row.start_ns), BigInt(row.end_ns)] as const), [to, to] as const];
    spans.sort((one, two) => Number(one[0] - two[0] || one[1] - two[1]));
    gaps += clip.gaps.length;
    declared += clip.declared.length;
    let reached = BigInt(clip.from_ns);
    for (const [start, end] of spans) {
      if (start - reached > TOLERANCE_NS && reached < to) {
        throw new Failed(
          `${clip.name} 有一段时间既无录像也无缺口证明`, `${clip.name}: a stretch with neither footage nor a proved gap`,
        );
      }
      if (end > reached) reached = end;
    }
  }
  const zh = `所要时段完整\uff1b${gaps} 个缺口有账本证明`;
  const en = `all of the time asked for; ${gaps} gaps are proved by the ledger`;
  if (!declared) return said(zh, en);
  return said(
    `${zh}\uff1b${declared} 段无录像由封装者声明\uff0c账本未证明`,
    `${en}; ${declared} stretches without footage are the sealer's word, not proved`,
  );
}
