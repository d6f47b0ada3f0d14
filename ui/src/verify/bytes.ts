// Bytes and their spellings. Nothing here trusts a lenient decoder: what does not re-encode to itself is refused.

export type ReadAt = (offset: number, length: number) => Promise<Uint8Array>;

const UTF8 = new TextEncoder();

export const utf8 = (text: string): Uint8Array => UTF8.encode(text);

/** The text of UTF-8 bytes, a byte order mark kept. Throws TypeError. */
export const fromUtf8 = (data: Uint8Array): string => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);

export function concat(...parts: Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

export function equal(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}

export const hex = (data: Uint8Array): string => Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** Bytes of an even number of hex digits; forms are checked before. */
export function fromHex(text: string): Uint8Array {
  const out = new Uint8Array(text.length / 2);
  for (let index = 0; index < out.length; index++) out[index] = parseInt(text.slice(2 * index, 2 * index + 2), 16);
  return out;
}

export const toBase64 = (data: Uint8Array): string => btoa(Array.from(data, (byte) => String.fromCharCode(byte)).join(""));

/** Bytes of padded base64, null for any spelling but the one. */
export function fromBase64(text: string): Uint8Array | null {
  try {
    const data = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
    return toBase64(data) === text ? data : null;
  } catch {
    return null;
  }
}

export const toBig = (data: Uint8Array): bigint => (data.length ? BigInt(`0x${hex(data)}`) : 0n);

export const fromBig = (value: bigint, bytes: number): Uint8Array => fromHex(value.toString(16).padStart(2 * bytes, "0"));

export const reversed = (data: Uint8Array): Uint8Array => Uint8Array.from(data).reverse();

let table: Uint32Array | null = null;

/** CRC-32 of ISO 3309, as ZIP has it. */
export function crc32(data: Uint8Array): number {
  if (table === null) {
    table = new Uint32Array(256);
    for (let n = 0; n < 256; n++) {
      let c = n;
      for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
      table[n] = c;
    }
  }
  let crc = 0xffffffff;
  for (const byte of data) crc = table[(crc ^ byte) & 255]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
