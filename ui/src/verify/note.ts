// Signed notes, keys, checkpoints: docs/design/ledger.md sections 3 and 4, with the one spelling each has.

/* eslint no-control-regex: off -- a signed note is refused for exactly these characters */
import { concat, equal, fromBase64, fromUtf8, hex, toBase64, utf8 } from "./bytes";
import { verifyEd25519 } from "./ed25519";
import { digest, type Algorithm } from "./hash";
import { verifySm2 } from "./sm2";

export class BadNote extends Error {}

const SUITES = [
  { mark: Uint8Array.of(1), bytes: 32, verify: verifyEd25519 },
  { mark: concat(Uint8Array.of(0xff), utf8("mingjian/sm2-sm3\n")), bytes: 65, verify: verifySm2 },
];
const MAX_NOTE = 1 << 20;
// what Python's str.isspace and str.strip take for white space
const SPACE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/u;
const EDGE = new RegExp(`^${SPACE.source}|${SPACE.source}$`, "u");
const CONTROL = /[\x00-\x09\x0b-\x1f]/;

export interface PublicKey {
  name: string;
  id: Uint8Array;
  verify(message: Uint8Array, signature: Uint8Array): boolean;
}

export function decodeKey(text: string): PublicKey {
  const [name = "", id = "", ...rest] = text.split("+");
  const typed = fromBase64(rest.join("+"));
  const suite = SUITES.find(({ mark }) => typed !== null && equal(typed.subarray(0, mark.length), mark));
  if (typed === null || suite === undefined || !name || SPACE.test(name) || /[\x00-\x1f]/.test(name)) {
    throw new BadNote("no key");
  }
  const key = typed.subarray(suite.mark.length);
  const found = digest("sha256", concat(utf8(`${name}\n`), typed)).subarray(0, 4);
  if (key.length !== suite.bytes || hex(found) !== id) throw new BadNote("no key");
  return { name, id: found, verify: (message, signature) => suite.verify(key, message, signature) };
}

export interface Signature {
  name: string;
  id: Uint8Array;
  value: Uint8Array;
}

export function splitNote(note: string): [string, Signature[]] {
  const at = note.lastIndexOf("\n\n");
  if (at < 0 || !note.endsWith("\n") || at + 2 >= note.length || [...note].length > MAX_NOTE) throw new BadNote("no end");
  const text = note.slice(0, at + 1);
  if (CONTROL.test(text) || /\p{Cs}/u.test(text) || utf8(text).length > MAX_NOTE) throw new BadNote("no text");
  const found = note.slice(at + 2, -1).split("\n").map(readLine);
  if (found.length > 64) throw new BadNote("too many signatures");
  return [text, found];
}

function readLine(line: string): Signature {
  const body = line.startsWith("— ") ? line.slice(2) : line;
  const at = body.indexOf(" ");
  const name = at < 0 ? body : body.slice(0, at);
  const raw = at < 0 ? null : fromBase64(body.slice(at + 1));
  if (raw === null || raw.length < 5 || !name || `— ${name} ${toBase64(raw)}` !== line) throw new BadNote("no signature");
  return { name, id: raw.slice(0, 4), value: raw.slice(4) };
}

/** The text of a note that `key` signed; one wrong signature of the key spoils it. */
export function signedBy(note: string, key: PublicKey): string {
  const [text, found] = splitNote(note);
  const ours = found.filter((one) => one.name === key.name && equal(one.id, key.id));
  if (!ours.length || !ours.every((one) => key.verify(utf8(text), one.value))) throw new BadNote("not signed");
  return text;
}

export interface Checkpoint {
  origin: string;
  size: bigint;
  root: Uint8Array;
  algorithm: Algorithm;
}

const MAX_SIZE = 1n << 62n;
const MAX_NS = (1n << 63n) - 1n;

export function parseCheckpoint(text: string): Checkpoint {
  const lines = text.split("\n");
  const [origin = "", size = "", root = "", version, digestLine = "", time = "", previous = "", open = ""] = lines;
  const count = /^open (\S+) (\S+)$/.exec(open);
  const algorithm = digestLine.replace(/^digest /, "");
  const ok =
    lines.length === 9 && lines[8] === "" && version === "mingjian-checkpoint 1" &&
    origin !== "" && !EDGE.test(origin) && !/[\x00-\x1f]/.test(origin) &&
    decimal(size, MAX_SIZE - 1n) && isHash(root) &&
    digestLine === `digest ${algorithm}` && (algorithm === "sha256" || algorithm === "sm3") &&
    time.startsWith("time ") && decimal(time.slice(5), MAX_NS) &&
    previous.startsWith("previous ") && (previous.slice(9) === "-" || isHash(previous.slice(9))) &&
    count !== null && decimal(count[1]!, MAX_SIZE - 1n) && isHash(count[2]!);
  if (!ok) throw new BadNote("no checkpoint");
  return { origin, size: BigInt(size), root: fromBase64(root)!, algorithm };
}

const decimal = (text: string, most: bigint): boolean => /^(0|[1-9][0-9]{0,19})$/.test(text) && BigInt(text) <= most;
const isHash = (text: string): boolean => fromBase64(text)?.length === 32;

export interface Anchor {
  sealKeys: Set<string>;
  ledgerKeys: Set<string>;
  checkpoints: Checkpoint[];
}

/** Anchor files together: verify/anchor.py. Throws BadNote. */
export function readAnchors(contents: Uint8Array[]): Anchor {
  const anchor: Anchor = { sealKeys: new Set(), ledgerKeys: new Set(), checkpoints: [] };
  for (const content of contents) {
    const text = fromUtf8(content).replaceAll("\r\n", "\n");
    if (text.includes("\n\n— ")) {
      anchor.checkpoints.push(parseCheckpoint(splitNote(text)[0]));
      continue;
    }
    for (const line of text.split("\n").map((one) => one.trim())) {
      if (!line || line.startsWith("#")) continue;
      const at = line.indexOf(" ");
      const [use, key] = [line.slice(0, at), line.slice(at + 1)];
      decodeKey(key);
      if (use !== "seal" && use !== "ledger") throw new BadNote("no anchor");
      (use === "seal" ? anchor.sealKeys : anchor.ledgerKeys).add(key);
    }
  }
  return anchor;
}
