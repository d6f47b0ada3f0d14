/** What the API says and takes (docs/architecture.md, "HTTP: web"). */

export type Language = "zh" | "en";
export type Theme = "light" | "dark" | "auto";
export type Stream = "main" | "sub";

/** What somebody is in an organisation. */
export interface BoundRole {
  readonly role: string;
  readonly title: string;
  readonly organisation: string;
}

export interface Me {
  readonly id: string;
  readonly name: string;
  readonly display_name: string;
  readonly unit: string;
  readonly role: string;
  readonly bound?: readonly BoundRole[];
  readonly language: string;
  readonly theme?: string;
  readonly must_change_password?: boolean;
  readonly must_enrol_second_factor?: boolean;
  readonly lock_after_s?: number;
  readonly idle_ms?: number;
  readonly by_provider?: boolean;
  readonly permissions: readonly string[];
}

export interface SecondFactorState {
  readonly enrolled: boolean;
  readonly recovery_codes_left: number;
}

/** What an authenticator needs: the key in base 32, and the address its QR code holds. */
export interface EnrolmentStart {
  readonly key: string;
  readonly otpauth: string;
}

export interface StreamInfo {
  readonly name: Stream;
  readonly transport: string;
  readonly host: string;
  readonly has_credentials: boolean;
}

export interface StreamStatus {
  readonly camera: string;
  readonly stream: Stream;
  readonly state: "connecting" | "streaming" | "failed" | "stopped";
  readonly reason: string | null;
  readonly detail: string; // in the reader's language
  readonly since: string;
  readonly recording: boolean;
  readonly bitrate_bps: number;
  readonly fps_milli: number;
  readonly width: number;
  readonly height: number;
  readonly codecs: string;
  readonly clock_offset_ms: number | null;
  readonly connects: number;
  readonly lost_packets: number;
  readonly damaged_units: number;
  readonly viewers: number;
}

export interface Camera {
  readonly id: string;
  readonly name: string;
  readonly group: string;
  readonly enabled: boolean;
  readonly keep_days: number;
  readonly priority: number;
  readonly record_audio: boolean;
  readonly streams: readonly StreamInfo[];
  readonly status: readonly StreamStatus[];
  readonly version: number;
}

/** One path of the tree and the cameras at it itself; `streaming` of them have a picture now. */
export interface Branch {
  readonly group: string;
  readonly cameras: number;
  readonly streaming: number;
}

export interface CameraTree {
  readonly items: readonly Branch[];
  readonly cameras: number;
  readonly streaming: number;
}

export interface CameraInput {
  name?: string;
  group?: string;
  enabled?: boolean;
  keep_days?: number;
  priority?: number;
  record_audio?: boolean;
  url?: string;
  sub_url?: string;
  transport?: string;
}

export interface TestStep {
  readonly step: "name" | "reach" | "authenticate" | "describe" | "first_frame";
  readonly state: "ok" | "failed" | "skipped";
  readonly zh: string;
  readonly en: string;
  readonly ms: number | null;
}

/** A device that answered a search. `urls` are its own word (onvif) or its maker's usual ones (range). */
export interface FoundDevice {
  readonly address: string;
  readonly port: number;
  readonly name: string;
  readonly vendor: string;
  readonly model: string;
  readonly method: "onvif" | "range";
  readonly urls: readonly string[];
  readonly needs_password: boolean;
}

/** A search in the background; `total` 0: nobody can say how much is left. */
export interface SearchState {
  readonly id: string;
  readonly state: "running" | "done" | "cancelled" | "failed";
  readonly tried: number;
  readonly total: number;
  readonly found: readonly FoundDevice[];
  readonly error: { readonly code: string; readonly detail: string; readonly remedy: string | null } | null;
}

export interface DeviceStream {
  readonly profile: string;
  readonly stream_url: string;
  readonly codec: string;
  readonly width: number;
  readonly height: number;
}

export interface VolumeStatus {
  readonly id: string;
  readonly path: string;
  readonly state: string;
  readonly total_bytes: number;
  readonly free_bytes: number;
  readonly used_bytes: number;
  readonly queue_bytes: number;
  readonly full_on: string | null;
  readonly oldest: string | null;
}

/** Whether the recorder answers, and what to do when it does not. */
export interface EngineReach {
  readonly state: "ok" | "away";
  readonly code: string | null;
  readonly detail: string | null;
  readonly remedy: string | null;
}

export interface SystemStatus {
  readonly demo: boolean;
  readonly engine: EngineReach;
  readonly streams: readonly StreamStatus[];
  readonly alarms: readonly Readonly<Record<string, string>>[];
  readonly deletion_paused: string | null;
}

export interface User {
  readonly id: string;
  readonly name: string;
  readonly display_name: string;
  readonly unit: string;
  readonly role: string;
  readonly bound?: readonly BoundRole[];
  readonly active: boolean;
  readonly must_change_password: boolean;
  readonly version: number;
}

export interface TicketAnswer {
  readonly ticket: string;
  readonly expires_at: string;
  readonly edge: string;
  readonly watermark: string;
  readonly rights?: readonly string[];
  readonly footage_from?: string | null;
  readonly footage_to?: string | null;
  readonly retrieval?: string | null;
  readonly masked?: boolean;
  readonly unmasked_live?: boolean;
  readonly unmasked_from?: string | null;
  readonly unmasked_to?: string | null;
}

export interface SavedLayout {
  readonly id: string;
  readonly name: string;
  readonly grid: number;
  readonly tiles: readonly ({ readonly camera: string } | null)[];
  readonly version: number;
}

export interface AuditEntry {
  readonly id: number | string;
  readonly at: string;
  readonly actor_name: string;
  readonly actor_unit: string;
  readonly address: string;
  readonly action: string;
  readonly title: string;
  readonly object_name: string;
  readonly object_id: string;
  readonly reason: string;
  readonly outcome: "done" | "denied" | "failed";
  readonly before?: Readonly<Record<string, unknown>> | null;
  readonly after?: Readonly<Record<string, unknown>> | null;
  readonly clauses?: readonly { readonly clause: string; readonly verdict: string }[];
  readonly right?: string;
  readonly request?: string;
}
