// Checking Ed25519 signatures (RFC 8032 5.1.7), refusing exactly what ledger/ed25519.py refuses.

import { concat, equal, fromBig, reversed, toBig } from "./bytes";
import { sha512 } from "./hash";

const P = 2n ** 255n - 19n;
const L = 2n ** 252n + 27742317777372353535851937790883648493n;

type Point = [bigint, bigint, bigint, bigint]; // X, Y, Z, T

export const mod = (value: bigint, by: bigint): bigint => ((value % by) + by) % by;

export function power(base: bigint, exponent: bigint, by: bigint): bigint {
  let result = 1n;
  for (base = mod(base, by); exponent; exponent >>= 1n, base = (base * base) % by) {
    if (exponent & 1n) result = (result * base) % by;
  }
  return result;
}

const little = (data: Uint8Array): bigint => toBig(reversed(data));
const D = mod(-121665n * power(121666n, P - 2n, P), P);
const ROOT = power(2n, (P - 1n) / 4n, P);

function add([x1, y1, z1, t1]: Point, [x2, y2, z2, t2]: Point): Point {
  const a = mod((y1 - x1) * (y2 - x2), P);
  const b = ((y1 + x1) * (y2 + x2)) % P;
  const c = (((2n * t1 * t2) % P) * D) % P;
  const d = (2n * z1 * z2) % P;
  const [e, f, g, h] = [b - a, d - c, d + c, b + a];
  return [mod(e * f, P), mod(g * h, P), mod(f * g, P), mod(e * h, P)];
}

function multiply(factor: bigint, point: Point): Point {
  let result: Point = [0n, 1n, 1n, 0n];
  for (; factor; factor >>= 1n, point = add(point, point)) if (factor & 1n) result = add(result, point);
  return result;
}

/** The point of 32 bytes; null when it is none, has x = 0, or is spelt in another way than it must be. */
function decode(data: Uint8Array): Point | null {
  const value = little(data);
  const sign = value >> 255n;
  const y = value & ((1n << 255n) - 1n);
  if (y >= P) return null;
  const square = mod((y * y - 1n) * power(D * y * y + 1n, P - 2n, P), P);
  let x = power(square, (P + 3n) / 8n, P);
  if ((x * x) % P !== square) x = (x * ROOT) % P;
  if (x === 0n || (x * x) % P !== square) return null;
  if ((x & 1n) !== sign) x = P - x;
  return [x, y, 1n, (x * y) % P];
}

const BASE = decode(reversed(fromBig(mod(4n * power(5n, P - 2n, P), P), 32)))!;

export function verifyEd25519(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (key.length !== 32 || signature.length !== 64) return false;
  const s = little(signature.subarray(32));
  const point = decode(key);
  if (s >= L || point === null) return false;
  const k = little(sha512(concat(signature.subarray(0, 32), key, message))) % L;
  const [x, y, z, t] = point;
  const [fx, fy, fz] = add(multiply(s, BASE), multiply(k, [P - x, y, z, P - t]));
  const inverse = power(fz, P - 2n, P);
  const [ax, ay] = [(fx * inverse) % P, (fy * inverse) % P];
  return equal(reversed(fromBig(ay | ((ax & 1n) << 255n), 32)), signature.subarray(0, 32));
}
