/**
 * One live picture: a WebSocket from the edge into a Media Source, held at the live edge.
 *
 * Every state other than `playing` carries a reason; the tile shows it in words. Hidden pictures pause at once and let
 * go of their connection soon after. Tickets are renewed while we watch and fetched anew for each connection, since a
 * ticket opens one WebSocket only.
 */
import { canDecode, decodableCodecs, hasMediaSource } from "./codec_probe";
import { EdgeClock, EdgeHold } from "./edge_hold";
import { readFragments, readTimescale } from "./fmp4";
import {
  isInitSegment, mimeWithCodecs, parseLiveFragment, parseLiveText,
  type LiveEnd, type LiveFragment, type LiveInit,
} from "./live_protocol";
import { bufferedEndAt, nextBufferedStart, SourceQueue } from "./source_queue";
import { nsToMs, TimeMap } from "./wall_clock";

export type StreamName = "main" | "sub";

export interface LiveTicket {
  readonly ticket: string;
  readonly expires_ms: number;
  readonly url: string; // of the WebSocket
}

export interface TicketSource {
  open(camera: string, streams: readonly StreamName[]): Promise<LiveTicket>;
  renew(ticket: string): Promise<LiveTicket>;
}

export type LiveState = "idle" | "connecting" | "playing" | "waiting" | "hidden" | "failed";

/** Why there is no picture. `code` is a gap reason, an end reason of the edge, or one of ours (lost, codec, ticket). */
export interface LiveWhy {
  readonly code: string;
  readonly zh: string;
  readonly en: string;
}

export interface LiveStatus {
  readonly state: LiveState;
  readonly why: LiveWhy | null;
  readonly latency_ms: number | null; // wall now minus the picture shown, clocks aligned by the quickest delivery seen
  readonly width: number;
  readonly height: number;
  readonly codecs: string;
  readonly stream: StreamName;
  readonly retry_ms: number | null; // wall time of the next attempt
}

export interface LiveOptions {
  readonly camera: string;
  readonly stream: StreamName;
  readonly streams: readonly StreamName[];
  readonly tickets: TicketSource;
  readonly onStatus: (status: LiveStatus) => void;
  readonly makeSocket?: (url: string) => WebSocket;
}

const TICK_MS = 100;
const HAVE_FUTURE_DATA = 3; // HTMLMediaElement's: below it the element shows its last picture and waits
const HIDDEN_CLOSE_MS = 15_000;
const KEEP_BEHIND_S = 8;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 5_000;

export class LivePlayer {
  private socket: WebSocket | null = null;
  private source: MediaSource | null = null;
  private objectUrl: string | null = null;
  private queue: SourceQueue | null = null;
  private buffer: SourceBuffer | null = null;
  private hold = new EdgeHold();
  private edge = new EdgeClock();
  private map = new TimeMap();
  private mime = "";
  private timescale = 90_000;
  private rebase = true; // the next fragment begins a new epoch: place it right behind what is buffered
  private offset_s = 0;
  private plannedEnd_s = 0;
  private newestWall_ms = 0; // of the picture appended last
  private clockOffset_ms = Number.POSITIVE_INFINITY;
  private lastMedia_ms = 0;
  private lastTrim_s = 0;
  private beforeOpen: ArrayBuffer[] = []; // came while the Media Source was still opening
  private noticed = false; // the edge said why nothing comes, and nothing came since
  private endWhy: LiveWhy | null = null;
  private ticket: LiveTicket | null = null;
  private renewing = false;
  private attempt = 0;
  private generation = 0; // of connections; answers to an older one are dropped
  private timers = new Set<ReturnType<typeof setTimeout>>();
  private ticker: ReturnType<typeof setInterval> | null = null;
  private hiddenSince_ms: number | null = null;
  private wanted: StreamName;
  private started = false;
  private status: LiveStatus;

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly options: LiveOptions,
  ) {
    this.wanted = options.stream;
    this.status = {
      state: "idle", why: null, latency_ms: null, width: 0, height: 0, codecs: "", stream: options.stream, retry_ms: null,
    };
    video.addEventListener("waiting", this.onWaiting);
  }

  start(): void {
    if (this.started) return;
    this.started = true;
    this.ticker = setInterval(() => this.tick(), TICK_MS);
    void this.connect();
  }

  /** Ends everything and lets go of the video element. */
  stop(): void {
    this.started = false;
    this.video.removeEventListener("waiting", this.onWaiting);
    if (this.ticker) clearInterval(this.ticker);
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
    this.disconnect();
    this.say({ state: "idle", why: null, latency_ms: null, retry_ms: null });
  }

  /** Try again now instead of at the next attempt. */
  retryNow(): void {
    if (!this.started || this.socket) return;
    this.attempt = 0;
    void this.connect();
  }

  setStream(stream: StreamName): void {
    if (stream === this.wanted) return;
    this.wanted = stream;
    this.say({ stream });
    if (this.socket?.readyState === 1) this.socket.send(JSON.stringify({ stream }));
  }

  setVisible(visible: boolean): void {
    if (visible) {
      if (this.hiddenSince_ms === null) return;
      this.hiddenSince_ms = null;
      if (this.socket?.readyState === 1) this.socket.send(JSON.stringify({ pause: false }));
      else if (this.started && !this.socket) void this.connect();
      return;
    }
    if (this.hiddenSince_ms !== null) return;
    this.hiddenSince_ms = Date.now();
    if (this.socket?.readyState === 1) this.socket.send(JSON.stringify({ pause: true }));
  }

  /** Wall time (UTC ms) of the picture on the screen, undefined while there is none. */
  wallNow(): number | undefined {
    const wall_ms = this.map.toWall(this.video.currentTime);
    return wall_ms === undefined ? undefined : Math.min(wall_ms, this.newestWall_ms);
  }

  private readonly onWaiting = (): void => {
    // a seek of ours makes the element wait as well: that is no fault of the network
    if (this.status.state === "playing" && !this.video.seeking) this.hold.stalled();
  };

  private async connect(): Promise<void> {
    const generation = ++this.generation;
    this.dropSocket();
    if (this.hiddenSince_ms !== null) {
      this.say({ state: "hidden", why: null, latency_ms: null, retry_ms: null });
      return;
    }
    if (!hasMediaSource()) {
      this.fail({ code: "no_mse", zh: "这个浏览器不能播放视频流", en: "this browser cannot play video streams" });
      return;
    }
    this.say({ state: "connecting", why: this.status.why, retry_ms: null });
    let ticket: LiveTicket;
    try {
      ticket = await this.options.tickets.open(this.options.camera, this.options.streams);
    } catch (error) {
      if (generation === this.generation && this.started) this.retryLater(whyOf(error));
      return;
    }
    if (generation !== this.generation || !this.started) return;
    this.ticket = ticket;
    const socket = (this.options.makeSocket ?? ((url: string) => new WebSocket(url)))(ticket.url);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    socket.onopen = () =>
      socket.send(JSON.stringify({ ticket: ticket.ticket, stream: this.wanted, can: decodableCodecs() }));
    socket.onmessage = (event: MessageEvent<string | ArrayBuffer>) => {
      if (generation === this.generation) this.onMessage(event.data);
    };
    socket.onclose = () => {
      if (generation !== this.generation) return;
      this.socket = null;
      if (this.started && this.status.state !== "failed") this.retryLater(this.closeWhy());
    };
  }

  private closeWhy(): LiveWhy {
    const why = this.endWhy;
    this.endWhy = null;
    return why ?? { code: "lost", zh: "与服务器的连接断了", en: "the connection to the server was lost" };
  }

  private onMessage(data: string | ArrayBuffer): void {
    if (typeof data === "string") {
      const message = parseLiveText(data);
      if (message.kind === "init") this.onInit(message.init);
      else if (message.kind === "notice") this.onNotice(message.notice);
      else if (message.kind === "end") this.onEnd(message.end);
      return;
    }
    if (!this.queue) this.beforeOpen.push(data);
    else this.onMedia(this.queue, data);
  }

  private onMedia(queue: SourceQueue, data: ArrayBuffer): void {
    if (isInitSegment(data)) {
      const init = new Uint8Array(data);
      this.timescale = readTimescale(init);
      this.rebase = true;
      queue.append(init);
      return;
    }
    const fragment = parseLiveFragment(data);
    if (fragment) this.onFragment(queue, fragment);
  }

  private onInit(init: LiveInit): void {
    const mime = mimeWithCodecs(init.mime, init.codecs);
    if (!canDecode(mime)) {
      this.fail({
        code: "codec",
        zh: `这个浏览器放不了这种画面(${init.codecs})`,
        en: `this browser cannot play these pictures (${init.codecs})`,
      });
      return;
    }
    // A source buffer keeps the number of tracks it began with: a stream that gains or loses sound needs a new one.
    if (this.source && trackCount(init.codecs) !== trackCount(this.status.codecs)) {
      this.closeSource();
      this.say({ state: "connecting", latency_ms: null });
    }
    if (!this.source) this.openSource(mime);
    else if (mime !== this.mime) this.queue?.changeType(mime);
    this.say({ width: init.width, height: init.height, codecs: init.codecs });
    this.mime = mime;
    this.rebase = true;
  }

  private openSource(mime: string): void {
    const source = new MediaSource();
    this.source = source;
    this.objectUrl = URL.createObjectURL(source);
    source.addEventListener("sourceopen", () => {
      if (this.source !== source) return;
      this.buffer = source.addSourceBuffer(mime);
      const queue = new SourceQueue(this.buffer, () => undefined, (error) => this.onBufferFailure(error));
      this.queue = queue;
      const waiting = this.beforeOpen;
      this.beforeOpen = [];
      for (const data of waiting) this.onMedia(queue, data);
    }, { once: true });
    this.video.src = this.objectUrl;
  }

  private onFragment(queue: SourceQueue, fragment: LiveFragment): void {
    const now_ms = Date.now();
    this.lastMedia_ms = now_ms;
    this.noticed = false;
    this.clockOffset_ms = Math.min(this.clockOffset_ms, now_ms - nsToMs(fragment.arrival_ns));
    const times = readFragments(fragment.media)[0];
    if (!times) return;
    const mediaStart_s = times.baseTime / this.timescale;
    if (this.rebase) {
      this.rebase = false;
      this.offset_s = this.plannedEnd_s - mediaStart_s;
      queue.offset(this.offset_s);
    }
    const start_s = mediaStart_s + this.offset_s;
    const end_s = start_s + fragment.duration_90k / 90_000;
    this.plannedEnd_s = Math.max(this.plannedEnd_s, end_s);
    const wall_ms = nsToMs(fragment.start_ns);
    this.map.add({ start_s, end_s, wallStart_ms: wall_ms, wallEnd_ms: wall_ms + fragment.duration_90k / 90 });
    queue.append(fragment.media, { joinable: true, done: () => this.onAppended(start_s, end_s, wall_ms) });
  }

  /** The camera is away, the connection is not: say why and wait for pictures. */
  private onNotice(notice: LiveEnd | null): void {
    this.noticed = notice !== null;
    if (notice) {
      const why = { code: notice.reason, zh: notice.zh, en: notice.en };
      this.say({ state: "waiting", why, latency_ms: null, retry_ms: null });
    } else if (this.status.state === "waiting") this.say({ state: "connecting", why: null });
  }

  private onEnd(end: LiveEnd): void {
    this.endWhy = { code: end.reason, zh: end.zh, en: end.en };
    this.socket?.close();
  }

  private onAppended(start_s: number, end_s: number, wall_ms: number): void {
    this.newestWall_ms = wall_ms;
    this.edge.picture(start_s, end_s - start_s, performance.now());
    if (this.status.state === "playing" || this.noticed) return;
    this.video.currentTime = start_s;
    this.hold.joined();
    if (this.video.paused) void this.video.play().catch(() => undefined);
    this.attempt = 0;
    this.say({ state: "playing", why: null, retry_ms: null });
  }

  /** The decoder choked on something: begin again with a fresh Media Source instead of showing a frozen picture. */
  private onBufferFailure(error: unknown): void {
    console.warn("live picture restarted:", error);
    this.disconnect();
    if (this.started) {
      this.retryLater({ code: "decode", zh: "画面数据解不出来，正在重新打开", en: "the picture could not be decoded; opening it again" });
    }
  }

  private tick(): void {
    const now_ms = Date.now();
    if (this.hiddenSince_ms !== null) {
      if (this.socket && now_ms - this.hiddenSince_ms > HIDDEN_CLOSE_MS) {
        this.generation++;
        this.disconnect();
        this.say({ state: "hidden", why: null, latency_ms: null });
      }
      return;
    }
    this.renewIfDue(now_ms);
    if (this.buffer && this.status.state === "playing") this.holdEdge(this.buffer.buffered, now_ms);
  }

  private holdEdge(ranges: TimeRanges, now_ms: number): void {
    if (ranges.length === 0) return;
    const at_s = this.video.currentTime;
    if (bufferedEndAt(ranges, at_s) === undefined) {
      const next_s = nextBufferedStart(ranges, at_s);
      if (next_s !== undefined) this.video.currentTime = next_s + 0.001;
    }
    const edge_s = this.edge.at(performance.now());
    const dry = this.video.readyState < HAVE_FUTURE_DATA && !this.video.seeking;
    const answer = this.hold.decide({ ahead_s: edge_s - at_s, picture_s: this.edge.picture_s, dry });
    if (answer.seekBack_s !== null) this.video.currentTime = Math.max(ranges.start(0), edge_s - answer.seekBack_s);
    else if (Math.abs(this.video.playbackRate - answer.rate) > 0.004) this.video.playbackRate = answer.rate;
    if (this.video.paused) void this.video.play().catch(() => undefined);
    if (at_s - this.lastTrim_s > KEEP_BEHIND_S * 1.5) {
      this.lastTrim_s = at_s;
      this.queue?.remove(0, at_s - KEEP_BEHIND_S);
      this.map.keep(at_s - KEEP_BEHIND_S, Number.POSITIVE_INFINITY);
    }
    const wall_ms = this.wallNow();
    const latency_ms = wall_ms === undefined ? null : Math.max(0, Math.round(now_ms - this.clockOffset_ms - wall_ms));
    const silent = now_ms - this.lastMedia_ms > 3_000;
    this.say({
      latency_ms: silent ? null : latency_ms,
      why: silent ? { code: "silent", zh: "摄像机没有再送来画面", en: "no more pictures are coming from the camera" } : null,
    });
  }

  private renewIfDue(now_ms: number): void {
    const ticket = this.ticket;
    if (!ticket || this.renewing || this.socket?.readyState !== 1 || ticket.expires_ms - now_ms > 20_000) return;
    this.renewing = true;
    this.options.tickets
      .renew(ticket.ticket)
      .then((fresh) => {
        if (this.ticket !== ticket) return;
        this.ticket = fresh;
        if (this.socket?.readyState === 1) this.socket.send(JSON.stringify({ renew: fresh.ticket }));
      })
      .catch((error: unknown) => {
        // The stream ends at its expiry by itself; the reason is told then.
        this.endWhy = whyOf(error);
        this.ticket = { ...ticket, expires_ms: now_ms + 40_000 };
      })
      .finally(() => {
        this.renewing = false;
      });
  }

  private retryLater(why: LiveWhy): void {
    const base_ms = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.attempt++);
    const wait_ms = base_ms * (0.7 + Math.random() * 0.3);
    this.say({ state: "waiting", why, latency_ms: null, retry_ms: Date.now() + wait_ms });
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      if (this.started && this.hiddenSince_ms === null && !this.socket) void this.connect();
    }, wait_ms);
    this.timers.add(timer);
  }

  private fail(why: LiveWhy): void {
    this.say({ state: "failed", why, latency_ms: null, retry_ms: null });
    this.generation++;
    this.disconnect();
  }

  private dropSocket(): void {
    this.noticed = false;
    const socket = this.socket;
    this.socket = null;
    if (socket) {
      socket.onclose = null;
      socket.onmessage = null;
      socket.close();
    }
  }

  private disconnect(): void {
    this.generation++;
    this.dropSocket();
    this.closeSource();
  }

  private closeSource(): void {
    this.queue?.stop();
    this.queue = null;
    this.buffer = null;
    this.source = null;
    this.beforeOpen = [];
    this.map.clear();
    this.rebase = true;
    this.offset_s = 0;
    this.plannedEnd_s = 0;
    this.lastTrim_s = 0;
    if (this.objectUrl) {
      URL.revokeObjectURL(this.objectUrl);
      this.objectUrl = null;
      this.video.removeAttribute("src");
      this.video.load();
    }
  }

  private say(change: Partial<LiveStatus>): void {
    this.status = { ...this.status, ...change };
    this.options.onStatus(this.status);
  }
}

function trackCount(codecs: string): number {
  return codecs.split(",").length;
}

/** A refusal of ours (problem+json) or a network failure, as words. */
export function whyOf(error: unknown): LiveWhy {
  const problem = error as { code?: unknown; zh?: unknown; en?: unknown; message?: unknown } | null;
  if (problem && typeof problem.code === "string") {
    const message = typeof problem.message === "string" ? problem.message : problem.code;
    return {
      code: problem.code,
      zh: typeof problem.zh === "string" ? problem.zh : message,
      en: typeof problem.en === "string" ? problem.en : message,
    };
  }
  return { code: "lost", zh: "连不上服务器", en: "the server cannot be reached" };
}
