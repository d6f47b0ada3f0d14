// Canonical JSON (RFC 8785 without floats) and the forms of evidence_v1.json, as verify/shape.py has them.

import format from "../../../src/mingjian/verify/evidence_v1.json";
import { equal, fromUtf8, utf8 } from "./bytes";

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Shape = string | Shape[] | { [key: string]: Shape };

export class BadDocument extends Error {}

export const STEPS = format.steps as { id: string; zh: string; en: string }[];
export const MANIFEST_SHAPE = format.manifest as Shape;
export const LEAF_SHAPES = new Map(Object.entries(format.leaves as { [kind: string]: Shape }));

const MAX_NS = (1n << 63n) - 1n;
const LIMITS: { [form: string]: number } = { name: 256, text: 65_536, note: 1 << 20 };

function encode(value: Json): string {
  if (typeof value === "number" && !Number.isSafeInteger(value)) throw new BadDocument("no integer");
  if (typeof value === "string" && /\p{Cs}/u.test(value)) throw new BadDocument("a lone surrogate");
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(encode).join(",")}]`;
  const keys = Object.keys(value).sort(); // by UTF-16 code units
  return `{${keys.map((key) => `${encode(key)}:${encode(value[key]!)}`).join(",")}}`;
}

/** The object of canonical bytes; any other spelling, and with a shape any other form, throws BadDocument. */
export function readCanonical(data: Uint8Array, shape: Shape | null): { [key: string]: Json } {
  let value: Json;
  try {
    value = JSON.parse(fromUtf8(data)) as Json;
    if (!equal(utf8(encode(value)), data)) throw new BadDocument("another spelling");
  } catch (error) {
    throw new BadDocument(String(error));
  }
  if (value === null || typeof value !== "object" || Array.isArray(value)) throw new BadDocument("no object");
  if (shape !== null) check(value, shape);
  return value;
}

function check(value: Json, shape: Shape): void {
  if (Array.isArray(shape)) {
    if (!Array.isArray(value)) throw new BadDocument("no list");
    value.forEach((item) => check(item, shape[0]!));
  } else if (typeof shape === "object") {
    if (value === null || typeof value !== "object" || Array.isArray(value)) throw new BadDocument("no object");
    // a key of the shape that ends with a question mark may be missing
    const forms = new Map(Object.entries(shape).map(([key, form]) => [key.replace(/\?$/, ""), form]));
    const needed = Object.keys(shape).filter((key) => !key.endsWith("?"));
    if (!needed.every((key) => Object.hasOwn(value, key)) || !Object.keys(value).every((key) => forms.has(key))) {
      throw new BadDocument("other keys");
    }
    Object.entries(value).forEach(([key, item]) => check(item, forms.get(key)!));
  } else if (!fits(value, shape)) throw new BadDocument(`not ${shape}`);
}

function fits(value: Json, form: string): boolean {
  if (form.startsWith("?")) return value === null || fits(value, form.slice(1));
  if (form.startsWith("=")) return value === form.slice(1);
  if (form === "one") return value === 1;
  if (form === "int") return typeof value === "number";
  if (form === "count") return typeof value === "number" && value >= 0;
  if (form === "flag") return typeof value === "boolean";
  if (typeof value !== "string") return false;
  const limit = LIMITS[form];
  if (limit !== undefined) {
    const length = [...value].length;
    return length >= 1 && length <= limit;
  }
  if (form === "ns") return /^(0|[1-9][0-9]{0,18})$/.test(value) && BigInt(value) <= MAX_NS;
  if (form === "alg") return value === "sha256" || value === "sm3";
  if (form === "member") return isName(value);
  return (form === "hash" ? /^[0-9a-f]{64}$/ : /^[0-9a-f]{8}$/).test(value);
}

/** Whether a member may have this name. */
export function isName(name: string): boolean {
  return /^[a-z0-9][a-z0-9._/-]{0,127}$/.test(name) && !name.split("/").some((part) => ["", ".", ".."].includes(part));
}
