/** Passkeys (WebAuthn): the server's JSON into what the browser takes, and its answer back into JSON. */
import { http } from "./client";
import type { Me } from "./types";

export interface Passkey {
  readonly id: string;
  readonly name: string;
  readonly created_at: string;
  readonly last_used_at: string | null;
}

interface Descriptor {
  readonly id: string;
  readonly type: "public-key";
}

interface CreationOptions {
  readonly challenge: string;
  readonly rp: PublicKeyCredentialRpEntity;
  readonly user: { readonly id: string; readonly name: string; readonly displayName: string };
  readonly pubKeyCredParams: PublicKeyCredentialParameters[];
  readonly excludeCredentials?: readonly Descriptor[];
  readonly authenticatorSelection?: AuthenticatorSelectionCriteria;
}

interface RequestOptions {
  readonly challenge: string;
  readonly rpId: string;
  readonly allowCredentials?: readonly Descriptor[];
  readonly userVerification?: UserVerificationRequirement;
}

/** The person closed the browser's dialogue, or let it wait too long: no error, just nothing. */
export class PasskeyCancelled extends Error {}

export function passkeysPossible(): boolean {
  return window.isSecureContext && typeof PublicKeyCredential !== "undefined" && !/^[\d.]+$|^\[/.test(location.hostname);
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (char) => char.charCodeAt(0));
}

function text(buffer: ArrayBuffer): string {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

const known = (rows: readonly Descriptor[] | undefined): PublicKeyCredentialDescriptor[] =>
  (rows ?? []).map((row) => ({ id: bytes(row.id), type: row.type }));

async function asked<T extends AuthenticatorResponse>(ask: Promise<Credential | null>): Promise<[PublicKeyCredential, T]> {
  try {
    const made = (await ask) as PublicKeyCredential | null;
    if (made === null) throw new PasskeyCancelled();
    return [made, made.response as T];
  } catch (failure) {
    if (failure instanceof DOMException && (failure.name === "NotAllowedError" || failure.name === "AbortError")) {
      throw new PasskeyCancelled();
    }
    throw failure;
  }
}

function answer(made: PublicKeyCredential, response: Record<string, string>): object {
  return { id: made.id, rawId: text(made.rawId), type: made.type, response, clientExtensionResults: {} };
}

async function show(options: RequestOptions): Promise<object> {
  const publicKey: PublicKeyCredentialRequestOptions = {
    challenge: bytes(options.challenge),
    rpId: options.rpId,
    allowCredentials: known(options.allowCredentials),
    userVerification: options.userVerification ?? "required",
  };
  const [made, response] = await asked<AuthenticatorAssertionResponse>(navigator.credentials.get({ publicKey }));
  return answer(made, {
    clientDataJSON: text(response.clientDataJSON),
    authenticatorData: text(response.authenticatorData),
    signature: text(response.signature),
    ...(response.userHandle ? { userHandle: text(response.userHandle) } : {}),
  });
}

export const listPasskeys = (): Promise<readonly Passkey[]> => http.get("me/passkeys");

export async function addPasskey(name: string, password: string): Promise<Passkey> {
  const options = await http.post<CreationOptions>("me/passkeys/begin", { password });
  const publicKey: PublicKeyCredentialCreationOptions = {
    rp: options.rp,
    pubKeyCredParams: options.pubKeyCredParams,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: known(options.excludeCredentials),
    ...(options.authenticatorSelection ? { authenticatorSelection: options.authenticatorSelection } : {}),
  };
  const [made, response] = await asked<AuthenticatorAttestationResponse>(navigator.credentials.create({ publicKey }));
  const given = answer(made, {
    clientDataJSON: text(response.clientDataJSON),
    attestationObject: text(response.attestationObject),
  });
  return http.post("me/passkeys", { name, answer: given });
}

export const removePasskey = (id: string, password: string): Promise<void> =>
  http.post(`me/passkeys/${encodeURIComponent(id)}/remove`, { password });

/** Show one of one's own; the proof goes where a code is asked. */
export async function passkeyProof(): Promise<string> {
  const given = await show(await http.post<RequestOptions>("me/passkeys/show/begin"));
  return (await http.post<{ proof: string }>("me/passkeys/show", { answer: given })).proof;
}

/** Open one's own locked screen. */
export async function unlockByPasskey(): Promise<Me> {
  const given = await show(await http.post<RequestOptions>("auth/unlock/passkey/begin"));
  return http.post("auth/unlock/passkey", { answer: given });
}

export async function loginByPasskey(): Promise<Me> {
  const given = await show(await http.post<RequestOptions>("auth/passkey/begin"));
  return http.post("auth/passkey", { answer: given });
}
