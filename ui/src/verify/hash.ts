// SHA-256 (FIPS 180-4), SM3 (GB/T 32905-2016) and SHA-512, our own: WebCrypto is missing on file:// in some browsers and
// knows no SM3. The first two stream; SHA-512 is for signatures only.

export type Algorithm = "sha256" | "sm3";

export interface Hasher {
  update(data: Uint8Array): Hasher;
  digest(): Uint8Array;
}

abstract class Blocks implements Hasher {
  protected abstract readonly state: Uint32Array;
  private readonly rest = new Uint8Array(64);
  private held = 0;
  private bytes = 0;

  protected abstract compress(data: Uint8Array, at: number): void;

  update(data: Uint8Array): this {
    this.bytes += data.length;
    let at = 0;
    if (this.held) {
      at = Math.min(64 - this.held, data.length);
      this.rest.set(data.subarray(0, at), this.held);
      this.held += at;
      if (this.held < 64) return this;
      this.compress(this.rest, 0);
      this.held = 0;
    }
    for (; at + 64 <= data.length; at += 64) this.compress(data, at);
    this.rest.set(data.subarray(at));
    this.held = data.length - at;
    return this;
  }

  digest(): Uint8Array {
    const bytes = this.bytes;
    const tail = new Uint8Array(this.held < 56 ? 64 - this.held : 128 - this.held);
    tail[0] = 0x80;
    new DataView(tail.buffer).setBigUint64(tail.length - 8, BigInt(bytes) * 8n);
    this.update(tail);
    const out = new Uint8Array(32);
    this.state.forEach((word, index) => new DataView(out.buffer).setUint32(4 * index, word));
    return out;
  }
}

function primes(count: number): number[] {
  const found: number[] = [];
  for (let n = 2; found.length < count; n++) if (found.every((p) => n % p)) found.push(n);
  return found;
}

/** The first `bits` bits of the fraction of the square (2) or cube (3) root of a prime, exactly. */
function rootBits(prime: number, root: 2 | 3, bits: number): bigint {
  const wanted = BigInt(prime) << BigInt(root * bits);
  let low = 0n;
  let high = 1n << BigInt(bits + 5);
  while (low < high - 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** BigInt(root) <= wanted) low = middle;
    else high = middle;
  }
  return low & ((1n << BigInt(bits)) - 1n);
}

const K256 = Int32Array.from(primes(64), (p) => Number(rootBits(p, 3, 32)) | 0);
const H256 = Uint32Array.from(primes(8), (p) => Number(rootBits(p, 2, 32)));
const W256 = new Int32Array(64); // shared: nothing here yields in the middle of a block

export class Sha256 extends Blocks {
  protected readonly state = H256.slice();

  protected compress(data: Uint8Array, at: number): void {
    const w = W256;
    for (let i = 0; i < 16; i++, at += 4) {
      w[i] = (data[at]! << 24) | (data[at + 1]! << 16) | (data[at + 2]! << 8) | data[at + 3]!;
    }
    for (let i = 16; i < 64; i++) {
      const x = w[i - 15]!;
      const y = w[i - 2]!;
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      w[i] = (w[i - 16]! + s0 + w[i - 7]! + s1) | 0;
    }
    const s = this.state;
    let a = s[0]! | 0, b = s[1]! | 0, c = s[2]! | 0, d = s[3]! | 0;
    let e = s[4]! | 0, f = s[5]! | 0, g = s[6]! | 0, h = s[7]! | 0;
    for (let i = 0; i < 64; i++) {
      const big1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const t1 = (h + big1 + ((e & f) ^ (~e & g)) + K256[i]! + w[i]!) | 0;
      const big0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const t2 = (big0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + t1) | 0;
      d = c; c = b; b = a; a = (t1 + t2) | 0;
    }
    s[0]! += a; s[1]! += b; s[2]! += c; s[3]! += d;
    s[4]! += e; s[5]! += f; s[6]! += g; s[7]! += h;
  }
}

const rotate = (value: number, bits: number): number => (value << (bits & 31)) | (value >>> ((32 - bits) & 31));
const T3 = Int32Array.from({ length: 64 }, (_, j) => rotate(j < 16 ? 0x79cc4519 : 0x7a879d8a, j % 32));
const W3 = new Int32Array(68);

export class Sm3 extends Blocks {
  protected readonly state = Uint32Array.of(
    0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e,
  );

  protected compress(data: Uint8Array, at: number): void {
    const w = W3;
    for (let i = 0; i < 16; i++, at += 4) {
      w[i] = (data[at]! << 24) | (data[at + 1]! << 16) | (data[at + 2]! << 8) | data[at + 3]!;
    }
    for (let j = 16; j < 68; j++) {
      const x = w[j - 16]! ^ w[j - 9]! ^ rotate(w[j - 3]!, 15);
      w[j] = x ^ rotate(x, 15) ^ rotate(x, 23) ^ rotate(w[j - 13]!, 7) ^ w[j - 6]!;
    }
    const s = this.state;
    let a = s[0]! | 0, b = s[1]! | 0, c = s[2]! | 0, d = s[3]! | 0;
    let e = s[4]! | 0, f = s[5]! | 0, g = s[6]! | 0, h = s[7]! | 0;
    for (let j = 0; j < 64; j++) {
      const turned = rotate(a, 12);
      const ss1 = rotate((turned + e + T3[j]!) | 0, 7);
      const ff = j < 16 ? a ^ b ^ c : (a & b) | (a & c) | (b & c);
      const gg = j < 16 ? e ^ f ^ g : (e & f) | (~e & g);
      const tt1 = (ff + d + (ss1 ^ turned) + (w[j]! ^ w[j + 4]!)) | 0;
      const tt2 = (gg + h + ss1 + w[j]!) | 0;
      d = c; c = rotate(b, 9); b = a; a = tt1;
      h = g; g = rotate(f, 19); f = e; e = tt2 ^ rotate(tt2, 9) ^ rotate(tt2, 17);
    }
    s[0]! ^= a; s[1]! ^= b; s[2]! ^= c; s[3]! ^= d;
    s[4]! ^= e; s[5]! ^= f; s[6]! ^= g; s[7]! ^= h;
  }
}

export const hasher = (algorithm: Algorithm): Hasher => (algorithm === "sm3" ? new Sm3() : new Sha256());

export const digest = (algorithm: Algorithm, data: Uint8Array): Uint8Array => hasher(algorithm).update(data).digest();

const K512 = primes(80).map((p) => rootBits(p, 3, 64));
const H512 = primes(8).map((p) => rootBits(p, 2, 64));
const MASK = (1n << 64n) - 1n;
const right = (value: bigint, bits: bigint): bigint => ((value >> bits) | (value << (64n - bits))) & MASK;

/** SHA-512 of a message in memory. */
export function sha512(message: Uint8Array): Uint8Array {
  const data = new Uint8Array(Math.ceil((message.length + 17) / 128) * 128);
  data.set(message);
  data[message.length] = 0x80;
  const view = new DataView(data.buffer);
  view.setBigUint64(data.length - 8, BigInt(message.length) * 8n);
  const state = [...H512];
  for (let at = 0; at < data.length; at += 128) {
    const w = Array.from({ length: 16 }, (_, i) => view.getBigUint64(at + 8 * i));
    for (let i = 16; i < 80; i++) {
      const x = w[i - 15]!;
      const y = w[i - 2]!;
      const s0 = right(x, 1n) ^ right(x, 8n) ^ (x >> 7n);
      const s1 = right(y, 19n) ^ right(y, 61n) ^ (y >> 6n);
      w.push((w[i - 16]! + s0 + w[i - 7]! + s1) & MASK);
    }
    let [a, b, c, d, e, f, g, h] = state as [bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint];
    for (let i = 0; i < 80; i++) {
      const t1 = h + (right(e, 14n) ^ right(e, 18n) ^ right(e, 41n)) + ((e & f) ^ (~e & MASK & g)) + K512[i]! + w[i]!;
      const t2 = (right(a, 28n) ^ right(a, 34n) ^ right(a, 39n)) + ((a & b) ^ (a & c) ^ (b & c));
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) & MASK, c, b, a, (t1 + t2) & MASK];
    }
    [a, b, c, d, e, f, g, h].forEach((word, i) => (state[i] = (state[i]! + word) & MASK));
  }
  const out = new Uint8Array(64);
  state.forEach((word, i) => new DataView(out.buffer).setBigUint64(8 * i, word));
  return out;
}
