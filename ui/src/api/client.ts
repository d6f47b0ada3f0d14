/** HTTP to our own server: JSON, the CSRF header, and refusals (RFC 9457) as a `Problem` that screens can show. */

/** One wrong field of a refused request: a JSON pointer (RFC 6901) into what was sent, and what would be right. */
export interface WrongField {
  readonly field: string | null;
  readonly detail: string;
}

export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly field: string | null = null,
    readonly remedy: string | null = null,
    readonly errors: readonly WrongField[] = [], // every wrong field, when the server named several
  ) {
    super(message);
    this.name = "Problem";
  }
}

let acceptLanguage = "zh-CN";

export function setRequestLanguage(language: "zh" | "en"): void {
  acceptLanguage = language === "zh" ? "zh-CN" : "en";
}

export function cookie(name: string, all: string = document.cookie): string {
  for (const part of all.split(";")) {
    const at = part.indexOf("=");
    if (at > 0 && part.slice(0, at).trim() === name) return decodeURIComponent(part.slice(at + 1));
  }
  return "";
}

export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;

export function withQuery(path: string, query?: Query): string {
  const parts = Object.entries(query ?? {})
    .filter(([, value]) => value !== undefined && value !== null && value !== "")
    .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(String(value))}`);
  return parts.length === 0 ? path : `${path}${path.includes("?") ? "&" : "?"}${parts.join("&")}`;
}

export interface CallOptions {
  readonly body?: unknown;
  readonly bytes?: Blob; // a file instead of a body
  readonly query?: Query;
  readonly signal?: AbortSignal;
  readonly version?: number | undefined; // what we have seen of the record we change (If-Match)
  readonly headers?: Readonly<Record<string, string>>;
  readonly once?: string | undefined; // Idempotency-Key: sent again after a lost answer, it creates nothing twice
}

/** Called when the session is over, so that the page can go to the sign-in. */
let onSignedOut: () => void = () => undefined;

export function whenSignedOut(call: () => void): void {
  onSignedOut = call;
}

let signIns = 0;

/** Somebody signed in: what was asked before may still be refused, and says nothing of this session. */
export function signedIn(): void {
  signIns += 1;
}

let onLocked: () => void = () => undefined;

/** Called when the server says that the session is locked. */
export function whenLocked(call: () => void): void {
  onLocked = call;
}

let locked = false;

/** While the screen is locked nothing is asked but what unlocks it: pages that ask by themselves ask in vain. */
export function onlyAuth(isLocked: boolean): void {
  locked = isLocked;
}

/** Any call; throws `Problem` for a refusal (code `offline` when the server does not answer).
 *
 * The token that goes with every change comes as a cookie with `GET setup`. A page that was opened while the server still
 * started has none, and would be refused for ever: it is asked for then, and the call sent once more.
 */
export async function request(method: string, path: string, options: CallOptions = {}): Promise<Response> {
  try {
    return await send(method, path, options);
  } catch (error) {
    if (!(error instanceof Problem && error.code === "csrf_failed")) throw error;
    await send("GET", "/api/v1/setup", {});
    return send(method, path, options);
  }
}

async function send(method: string, path: string, options: CallOptions): Promise<Response> {
  if (locked && !path.startsWith("/api/v1/auth/")) throw new Problem(423, "session_locked", "");
  const headers: Record<string, string> = { Accept: "application/json", "Accept-Language": acceptLanguage, ...options.headers };
  const init: RequestInit = { method, headers, credentials: "same-origin" };
  if (options.body !== undefined) {
    headers["Content-Type"] = "application/json";
    init.body = JSON.stringify(options.body);
  } else if (options.bytes !== undefined) {
    headers["Content-Type"] = "application/octet-stream";
    init.body = options.bytes;
  }
  if (method !== "GET") headers["X-CSRFToken"] = cookie("csrftoken");
  if (options.version !== undefined) headers["If-Match"] = `"v${options.version}"`;
  if (options.once !== undefined) headers["Idempotency-Key"] = options.once;
  if (options.signal) init.signal = options.signal;
  const session = signIns;
  let answer: Response;
  try {
    answer = await fetch(withQuery(path, options.query), init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Problem(0, "offline", "");
  }
  if (answer.ok) return answer;
  const problem = await problemOf(answer);
  // A wrong code of one's second factor is a 401, too, and ends no session.
  if (answer.status === 423 && problem.code === "session_locked") onLocked();
  if (answer.status === 401 && problem.code === "not_signed_in" && path.startsWith("/api/") && session === signIns) onSignedOut();
  throw problem;
}

export async function problemOf(answer: Response): Promise<Problem> {
  try {
    const body = (await answer.json()) as Record<string, unknown>;
    const words = (key: string): string | null => (typeof body[key] === "string" && body[key] !== "" ? body[key] : null);
    return new Problem(
      answer.status, words("code") ?? `http_${answer.status}`, words("detail") ?? words("title") ?? "", words("field"), words("remedy"),
      Array.isArray(body["errors"]) ? (body["errors"] as WrongField[]) : [],
    );
  } catch {
    return new Problem(answer.status, `http_${answer.status}`, "");
  }
}

async function json<T>(method: string, path: string, options?: CallOptions): Promise<T> {
  const answer = await request(method, `/api/v1/${path}`, options);
  if (answer.status === 204) return undefined as T;
  const text = await answer.text();
  return (text === "" ? undefined : JSON.parse(text)) as T;
}

export const http = {
  get: <T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> =>
    json<T>("GET", path, { ...(query ? { query } : {}), ...(signal ? { signal } : {}) }),
  getAs: <T>(path: string, headers: Readonly<Record<string, string>>): Promise<T> => json<T>("GET", path, { headers }),
  post: <T>(path: string, body: unknown = {}): Promise<T> => json<T>("POST", path, { body }),
  ask: <T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> => json<T>("POST", path, { body, ...(signal ? { signal } : {}) }), // keeps nothing
  act: <T>(path: string, body: unknown, version: number): Promise<T> => json<T>("POST", path, { body, version }), // a step of a versioned record
  upload: <T>(path: string, bytes: Blob, query?: Query, headers?: Readonly<Record<string, string>>): Promise<T> =>
    json<T>("POST", path, { bytes, ...(query ? { query } : {}), ...(headers ? { headers } : {}) }),
  create: <T>(path: string, body: unknown, once: string): Promise<T> => json<T>("POST", path, { body, once }),
  put: <T>(path: string, body: unknown, version?: number): Promise<T> => json<T>("PUT", path, { body, version }),
  patch: <T>(path: string, body: unknown, version?: number): Promise<T> => json<T>("PATCH", path, { body, version }),
  delete: <T>(path: string, body?: unknown, version?: number): Promise<T> =>
    json<T>("DELETE", path, body === undefined ? { version } : { body, version }),
};
