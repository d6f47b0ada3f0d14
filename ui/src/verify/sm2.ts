// Checking SM2 signatures over SM3 (GB/T 32918.2-2016 clause 7.1, curve of GB/T 32918.5-2017).

import { concat, fromBig, toBig, utf8 } from "./bytes";
import { mod, power } from "./ed25519";
import { digest } from "./hash";

const P = 0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffffn;
const A = P - 3n;
const B = 0x28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93n;
const N = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n;
const GX = 0x32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7n;
const GY = 0xbc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0n;
const SIGNER = "1234567812345678"; // GM/T 0009-2012 clause 10

type Jacobian = [bigint, bigint, bigint]; // x = X/Z^2, y = Y/Z^3; Z = 0 is infinity
const INFINITY: Jacobian = [1n, 1n, 0n];

function double([x, y, z]: Jacobian): Jacobian {
  if (z === 0n || y === 0n) return INFINITY;
  const square = (y * y) % P;
  const s = (4n * x * square) % P;
  const z2 = (z * z) % P;
  const m = mod(3n * (x - z2) * (x + z2), P);
  const x3 = mod(m * m - 2n * s, P);
  return [x3, mod(m * (s - x3) - 8n * square * square, P), (2n * y * z) % P];
}

function add(left: Jacobian, right: Jacobian): Jacobian {
  if (left[2] === 0n) return right;
  if (right[2] === 0n) return left;
  const [x1, y1, z1] = left;
  const [x2, y2, z2] = right;
  const [a, b] = [(z1 * z1) % P, (z2 * z2) % P];
  const [u1, u2] = [(x1 * b) % P, (x2 * a) % P];
  const [s1, s2] = [(((y1 * z2) % P) * b) % P, (((y2 * z1) % P) * a) % P];
  if (u1 === u2) return s1 === s2 ? double(left) : INFINITY;
  const [h, r] = [mod(u2 - u1, P), mod(s2 - s1, P)];
  const h2 = (h * h) % P;
  const h3 = (h2 * h) % P;
  const v = (u1 * h2) % P;
  const x3 = mod(r * r - h3 - 2n * v, P);
  return [x3, mod(r * (v - x3) - s1 * h3, P), (((h * z1) % P) * z2) % P];
}

function multiply(factor: bigint, x: bigint, y: bigint): Jacobian {
  let result = INFINITY;
  for (const bit of factor.toString(2)) {
    result = double(result);
    if (bit === "1") result = add(result, [x, y, 1n]);
  }
  return result;
}

const word = (value: bigint): Uint8Array => fromBig(value, 32);

export function verifySm2(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (key.length !== 65 || key[0] !== 4 || signature.length !== 64) return false;
  const [x, y] = [toBig(key.subarray(1, 33)), toBig(key.subarray(33))];
  if (x >= P || y >= P || mod(y * y - x * x * x - A * x - B, P) !== 0n) return false;
  const [r, s] = [toBig(signature.subarray(0, 32)), toBig(signature.subarray(32))];
  const t = (r + s) % N;
  if (!(r >= 1n && r < N && s >= 1n && s < N && t)) return false;
  const [px, , pz] = add(multiply(s, GX, GY), multiply(t, x, y));
  if (pz === 0n) return false;
  const id = utf8(SIGNER);
  const bits = Uint8Array.of((id.length * 8) >> 8, (id.length * 8) & 255);
  const z = digest("sm3", concat(bits, id, word(A), word(B), word(GX), word(GY), key.subarray(1)));
  const e = toBig(digest("sm3", concat(z, message)));
  const inverse = power(pz, P - 2n, P);
  return (e + ((px * inverse) % P) * inverse % P) % N === r;
}
