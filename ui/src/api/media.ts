/** The edge's side of things (docs/architecture.md, "HTTP: edge"): tickets for live, and sessions for recorded pictures. */
import { canDecode } from "../player/codec_probe";
import type { LiveTicket, StreamName, TicketSource } from "../player/live";
import type { Chunk, Plan, PlaybackSource, TrickClip } from "../player/playback";
import type { GapReason, SpanKind, TimeSpan } from "../timeline/model";
import { api } from "./calls";
import { Problem, request, withQuery, type Query } from "./client";
import type { TicketAnswer } from "./types";

function liveUrl(): string {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  return `${scheme}//${location.host}/media/live`;
}

/** What privacy masks do to a ticket's pictures: whether any are burned in, and what a lift takes them off. */
export interface Masking {
  readonly masked: boolean;
  readonly live: boolean;
  readonly from_ms: number;
  readonly to_ms: number;
}

export const UNMASKED: Masking = { masked: false, live: false, from_ms: 0, to_ms: 0 };

function maskingOf(answer: TicketAnswer): Masking {
  const instant = (text: string | null | undefined): number => (text ? Date.parse(text) : 0);
  return {
    masked: answer.masked ?? false, live: answer.unmasked_live ?? false, from_ms: instant(answer.unmasked_from), to_ms: instant(answer.unmasked_to),
  };
}

/** Tickets for the live wall; `onWatermark` hears what the picture must be marked with, `onMasking` what covers it. */
export class LiveTickets implements TicketSource {
  constructor(
    private readonly onWatermark: (text: string) => void,
    private readonly onMasking: (masking: Masking) => void = () => undefined,
  ) {}

  async open(camera: string, streams: readonly StreamName[]): Promise<LiveTicket> {
    return this.read(await api.ticket({ camera, streams, rights: ["live"], purpose: "live" }));
  }

  async renew(ticket: string): Promise<LiveTicket> {
    return this.read(await api.renewTicket(ticket));
  }

  private read(answer: TicketAnswer): LiveTicket {
    this.onWatermark(answer.watermark);
    this.onMasking(maskingOf(answer));
    return { ticket: answer.ticket, expires_ms: Date.parse(answer.expires_at), url: liveUrl() };
  }
}

interface PlanAnswer {
  readonly chunks: readonly ChunkAnswer[];
  readonly planned_to: string;
}

interface ChunkAnswer {
  readonly init: string | null;
  readonly url: string;
  readonly start: string;
  readonly end: string;
  readonly run: string;
  readonly codecs: string;
}

interface SpanAnswer {
  readonly kind: SpanKind;
  readonly start: string;
  readonly end: string;
  readonly reason: GapReason | null;
  readonly detail: string | null;
}

const REACH_BACK_MS = 360 * 86_400_000; // a ticket names at most 366 days
const iso = (at_ms: number): string => new Date(at_ms).toISOString();

/** One camera's recordings: opens and renews its session by itself, and once more when the edge forgot it. */
export class RecordingSession {
  private base: string | null = null;
  private ticket: string | null = null;
  private expires_ms = 0;
  private opening: Promise<void> | null = null;
  watermark = "";
  masking: Masking = UNMASKED;

  constructor(
    readonly camera: string,
    private readonly streams: readonly StreamName[],
  ) {}

  async timeline(stream: StreamName, from_ms: number, to_ms: number, max: number, signal?: AbortSignal): Promise<TimeSpan[]> {
    const answer = await this.json<{ spans: SpanAnswer[] }>("timeline", { stream, from: iso(from_ms), to: iso(to_ms), max }, signal);
    return answer.spans.map((span) => ({
      kind: span.kind, start_ms: Date.parse(span.start), end_ms: Date.parse(span.end), reason: span.reason ?? null, detail: span.detail ?? null,
    }));
  }

  /** Days of `month` (YYYY-MM, in the viewer's time zone) with recordings, as YYYY-MM-DD. */
  async days(stream: StreamName, month: string): Promise<string[]> {
    const tz = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const answer = await this.json<{ days: (string | { day: string })[] }>("days", { stream, month, tz });
    return answer.days.map((day) => (typeof day === "string" ? day : day.day));
  }

  player(stream: StreamName): PlaybackSource {
    let convert: { as?: string } = {}; // once a plan showed what this browser cannot play
    return {
      plan: async (from_ms, to_ms, signal): Promise<Plan> => {
        const until_ms = Math.max(from_ms + 1000, to_ms);
        const query = { stream, from: iso(from_ms), to: iso(until_ms) };
        let answer = await this.json<PlanAnswer>("plan", query, signal);
        if (answer.chunks.some((chunk) => !canDecode(`video/mp4; codecs="${chunk.codecs}"`))) {
          convert = { as: "h264" };
          answer = await this.json<PlanAnswer>("plan", { ...query, ...convert }, signal);
        }
        const chunks = answer.chunks.map((chunk) => ({
          init: chunk.init, url: chunk.url, start_ms: Date.parse(chunk.start), end_ms: Date.parse(chunk.end), run: chunk.run, codecs: chunk.codecs,
        }));
        return { chunks, planned_to_ms: Date.parse(answer.planned_to) };
      },
      init: (name: string, signal) => this.bytes(name, signal),
      data: (chunk: Chunk, signal) => this.bytes(chunk.url, signal),
      trick: async (from_ms, to_ms, speed, signal): Promise<TrickClip | null> => {
        const answer = await this.call("trick", { stream, from: iso(from_ms), to: iso(to_ms), speed, ...convert }, signal);
        const data = new Uint8Array(await answer.arrayBuffer());
        const codecs = /codecs="([^"]+)"/.exec(answer.headers.get("Content-Type") ?? "")?.[1] ?? "avc1.640028";
        return answer.status === 204 || data.byteLength === 0 ? null : { data, codecs };
      },
    };
  }

  async snapshot(stream: StreamName, at_ms: number): Promise<Blob> {
    return (await this.call("snapshot.jpg", { stream, at: iso(at_ms) })).blob();
  }

  /** Address of a small picture for scrubbing; undefined until the session is open. */
  thumbUrl(stream: StreamName, at_ms: number): string | undefined {
    return this.base === null ? undefined : withQuery(`${this.base}/thumb.jpg`, { stream, at: iso(at_ms) });
  }

  /** Address of moving JPEG pictures, for a browser that can play nothing else. */
  async mjpegUrl(stream: StreamName): Promise<string> {
    await this.open();
    return withQuery(`${this.base}/live.mjpeg`, { stream });
  }

  private async json<T>(path: string, query: Query, signal?: AbortSignal): Promise<T> {
    return (await (await this.call(path, query, signal)).json()) as T;
  }

  private async bytes(path: string, signal: AbortSignal): Promise<Uint8Array> {
    return new Uint8Array(await (await this.call(path, {}, signal)).arrayBuffer());
  }

  private async call(path: string, query: Query, signal?: AbortSignal): Promise<Response> {
    await this.open();
    try {
      return await request("GET", this.address(path), { query, ...(signal ? { signal } : {}) });
    } catch (error) {
      if (!(error instanceof Problem) || ![401, 403, 404, 410].includes(error.status) || path.startsWith("snapshot")) throw error;
      if (error.status === 404 && error.code !== "session_unknown" && error.code !== "http_404") throw error;
      this.base = null; // the edge was restarted, or the session ran out while the computer slept
      await this.open();
      return request("GET", this.address(path), { query, ...(signal ? { signal } : {}) });
    }
  }

  private address(path: string): string {
    if (path.startsWith("/")) return path;
    return `${this.base}/${path}`;
  }

  private async open(): Promise<void> {
    const left_ms = this.expires_ms - Date.now();
    if (this.base !== null && left_ms > 30_000) return;
    this.opening ??= (this.base !== null && left_ms > 2_000 ? this.renew() : this.openFresh()).finally(() => {
      this.opening = null;
    });
    await this.opening;
  }

  private async openFresh(): Promise<void> {
    const now_ms = Date.now();
    const answer = await api.ticket({
      camera: this.camera, streams: this.streams, rights: ["live", "playback", "snapshot"], purpose: "playback",
      from: iso(now_ms - REACH_BACK_MS), to: iso(now_ms + 86_400_000), narrow: true,
    });
    this.watermark = answer.watermark;
    this.masking = maskingOf(answer);
    this.ticket = answer.ticket;
    const session = (await (await request("POST", "/media/sessions", { body: { ticket: answer.ticket } })).json()) as {
      base: string; expires_at: string;
    };
    this.base = session.base.replace(/\/$/, "");
    this.expires_ms = Date.parse(session.expires_at);
  }

  private async renew(): Promise<void> {
    try {
      const answer = await api.renewTicket(this.ticket ?? "");
      this.ticket = answer.ticket;
      this.masking = maskingOf(answer);
      const session = (await (await request("POST", `${this.base}/renew`, { body: { ticket: answer.ticket } })).json()) as {
        expires_at: string;
      };
      this.expires_ms = Date.parse(session.expires_at);
    } catch {
      await this.openFresh();
    }
  }
}
