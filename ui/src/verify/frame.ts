// The frame of a package: a ZIP64 archive with one spelling, as wire/evidence_zip.py has it.

import { concat, type ReadAt } from "./bytes";
import { isName } from "./document";

export interface Member {
  name: string;
  size: number;
  crc32: number;
  offset: number;
  dataOffset: number;
  end: number;
}

export class BadFrame extends Error {
  constructor(readonly offset: number, readonly end: number) {
    super("not as the format says");
  }
}

const TAIL = 56 + 20 + 22;
const CENTRAL = 46;
const MAX_MEMBERS = 10_000n;
const MAX_SIZE = 1n << 53n;

/** Little-endian fields: [bytes, value] each. */
function pack(...fields: [1 | 2 | 4 | 8, number][]): Uint8Array {
  const out = new Uint8Array(fields.reduce((sum, [bytes]) => sum + bytes, 0));
  const view = new DataView(out.buffer);
  let at = 0;
  for (const [bytes, value] of fields) {
    if (bytes === 8) view.setBigUint64(at, BigInt(value), true);
    else if (bytes === 4) view.setUint32(at, value, true);
    else view.setUint16(at, value, true);
    at += bytes;
  }
  return out;
}

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));
const NEXT = 0xffffffff;

function localHeader({ name, size, crc32 }: Member): Uint8Array {
  return concat(
    pack([4, 0x04034b50], [2, 45], [2, 0], [2, 0], [2, 0], [2, 0x21], [4, crc32], [4, NEXT], [4, NEXT], [2, name.length], [2, 20]),
    ascii(name),
    pack([2, 1], [2, 16], [8, size], [8, size]),
  );
}

function central({ name, size, crc32, offset }: Member): Uint8Array {
  return concat(
    pack(
      [4, 0x02014b50], [2, 45], [2, 45], [2, 0], [2, 0], [2, 0], [2, 0x21], [4, crc32], [4, NEXT], [4, NEXT],
      [2, name.length], [2, 28], [2, 0], [2, 0], [2, 0], [4, 0], [4, NEXT],
    ),
    ascii(name),
    pack([2, 1], [2, 24], [8, size], [8, size], [8, offset]),
  );
}

function directory(members: Member[], at: number): Uint8Array {
  const rows = concat(...members.map(central));
  const count = members.length;
  return concat(
    rows,
    pack([4, 0x06064b50], [8, 44], [2, 45], [2, 45], [4, 0], [4, 0], [8, count], [8, count], [8, rows.length], [8, at]),
    pack([4, 0x07064b50], [4, 0], [8, at + rows.length], [4, 1]),
    pack([4, 0x06054b50], [2, 0], [2, 0], [2, 0xffff], [2, 0xffff], [4, NEXT], [4, NEXT], [2, 0]),
  );
}

export async function readMembers(readAt: ReadAt, size: number): Promise<Member[]> {
  const tailAt = size - TAIL;
  const tail = tailAt >= 0 ? await readAt(tailAt, TAIL) : new Uint8Array(0);
  if (tail.length !== TAIL || tail[0] !== 0x50 || tail[1] !== 0x4b || tail[2] !== 6 || tail[3] !== 6) {
    throw new BadFrame(Math.max(0, tailAt), size);
  }
  const view = new DataView(tail.buffer, tail.byteOffset);
  const [count, length, begin] = [24, 40, 48].map((at) => view.getBigUint64(at, true)) as [bigint, bigint, bigint];
  if (count > MAX_MEMBERS || begin + length !== BigInt(tailAt)) throw new BadFrame(tailAt, size);
  const at = Number(begin);
  const rows = await readAt(at, Number(length));
  const members = parseRows(rows, at, Number(count));
  compare(concat(rows, tail), directory(members, at), at);
  checkOrder(members, at);
  for (const member of members) {
    const header = localHeader(member);
    compare(await readAt(member.offset, header.length), header, member.offset);
  }
  return members;
}

function parseRows(rows: Uint8Array, at: number, count: number): Member[] {
  const view = new DataView(rows.buffer, rows.byteOffset, rows.length);
  const members: Member[] = [];
  let position = 0;
  for (let index = 0; index < count; index++) {
    if (position + CENTRAL > rows.length) throw new BadFrame(at + position, at + rows.length);
    const end = position + CENTRAL + view.getUint16(position + 28, true) + 28;
    if (end > rows.length) throw new BadFrame(at + position, at + rows.length);
    const name = String.fromCharCode(...rows.subarray(position + CENTRAL, end - 28));
    const [size, offset] = [view.getBigUint64(end - 24, true), view.getBigUint64(end - 8, true)];
    if (!isName(name) || size > MAX_SIZE || offset > MAX_SIZE) throw new BadFrame(at + position, at + end);
    const dataOffset = Number(offset) + 30 + name.length + 20;
    const crc32 = view.getUint32(position + 16, true);
    members.push({ name, size: Number(size), crc32, offset: Number(offset), dataOffset, end: dataOffset + Number(size) });
    position = end;
  }
  return members;
}

function checkOrder(members: Member[], at: number): void {
  let reached = 0;
  const seen = new Set<string>();
  for (const member of members) {
    if (seen.has(member.name)) throw new BadFrame(member.offset, member.end);
    seen.add(member.name);
    if (member.offset !== reached) throw new BadFrame(Math.min(reached, member.offset), Math.max(reached, member.offset));
    reached = member.end;
  }
  if (reached !== at) throw new BadFrame(Math.min(reached, at), Math.max(reached, at));
}

function compare(found: Uint8Array, expected: Uint8Array, at: number): void {
  const shorter = Math.min(found.length, expected.length);
  let same = 0;
  while (same < shorter && found[same] === expected[same]) same++;
  if (same === found.length && same === expected.length) return;
  throw new BadFrame(at + same, at + Math.max(found.length, expected.length));
}
