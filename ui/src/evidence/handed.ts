/** Files handed over, as they are sealed: name, size, SHA-256. Read piece by piece, on any address: no secure context is asked for. */
import { Sha256 } from "../verify/hash";

export interface Handed {
  readonly name: string;
  readonly size_bytes: number;
  readonly algorithm: "sha256";
  readonly digest: string;
}

const PIECE = 4 << 20;

export async function handedOf(files: readonly File[]): Promise<readonly Handed[]> {
  const found: Handed[] = [];
  for (const file of files) found.push({ name: file.name, size_bytes: file.size, algorithm: "sha256", digest: await digestOf(file) });
  return found;
}

export async function digestOf(file: Blob): Promise<string> {
  const hash = new Sha256();
  for (let at = 0; at < file.size; at += PIECE) hash.update(new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer()));
  return [...hash.digest()].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
