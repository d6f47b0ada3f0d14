/**
 * The timeline on a canvas: rows of coloured spans, wheel zoom about the cursor, drag, click to go there, hover for the
 * reason, keys. It knows no framework; whoever owns it hands in rows and listens.
 */
import {
  fullTime, pan, rowAt, spanAt, ticks, timeAt, xOf, zoomAbout,
  type TimelineRow, type TimeSpan, type View,
} from "./model";

export interface TimelineColours {
  readonly text: string;
  readonly faint: string;
  readonly ground: string;
  readonly line: string;
  readonly playhead: string;
  readonly recorded: string;
  readonly backfilled: string;
  readonly expired: string;
  readonly notPlanned: string;
  readonly gap: Readonly<Record<string, string>>;
}

export const LIGHT: TimelineColours = {
  text: "#1f2a37", faint: "#6b7684", ground: "#eef1f5", line: "#d4dae2", playhead: "#d4380d",
  recorded: "#2f7dd1", backfilled: "#3fa796", expired: "#c3cad3", notPlanned: "#e3e7ec",
  gap: {
    unreachable: "#d64545", authentication: "#a04bc4", network: "#e58a1f", engine_down: "#6b4a3a",
    storage: "#b5286e", disabled: "#8793a3", unknown: "#222222",
  },
};

export const DARK: TimelineColours = {
  ...LIGHT,
  text: "#e6ebf2", faint: "#97a3b3", ground: "#1c232d", line: "#313b48", playhead: "#ff7a45",
  recorded: "#3f8fe8", expired: "#4b5563", notPlanned: "#2a333f",
  gap: { ...LIGHT.gap, engine_down: "#a3785f", disabled: "#6c7889", unknown: "#f5f5f5" },
};

export interface Hover {
  readonly row: TimelineRow | null;
  readonly span: TimeSpan | null;
  readonly at_ms: number;
  readonly x: number;
  readonly y: number;
}

export interface TimelineEvents {
  readonly onSeek: (at_ms: number, row: TimelineRow | null) => void;
  readonly onView: (view: View) => void;
  readonly onHover: (hover: Hover | null) => void;
}

export const RULER_PX = 26;
export const ROW_PX = 26;
const CLICK_SLOP_PX = 4;

export class TimelineCanvas {
  private rows: readonly TimelineRow[] = [];
  private view: View;
  private playhead_ms = 0;
  private colours = LIGHT;
  private marks: { readonly from_ms: number | null; readonly to_ms: number | null } | null = null;
  private frame = 0;
  private drag: { x: number; view: View; moved: boolean } | null = null;
  private readonly resize: ResizeObserver;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    view: View,
    private readonly events: TimelineEvents,
  ) {
    this.view = view;
    canvas.tabIndex = 0;
    canvas.addEventListener("wheel", this.onWheel, { passive: false });
    canvas.addEventListener("pointerdown", this.onDown);
    canvas.addEventListener("pointermove", this.onMove);
    canvas.addEventListener("pointerup", this.onUp);
    canvas.addEventListener("pointerleave", this.onLeave);
    canvas.addEventListener("keydown", this.onKey);
    this.resize = new ResizeObserver(() => this.draw());
    this.resize.observe(canvas);
  }

  destroy(): void {
    this.resize.disconnect();
    cancelAnimationFrame(this.frame);
    for (const [type, listener] of [
      ["wheel", this.onWheel], ["pointerdown", this.onDown], ["pointermove", this.onMove],
      ["pointerup", this.onUp], ["pointerleave", this.onLeave], ["keydown", this.onKey],
    ] as [string, EventListener][]) {
      this.canvas.removeEventListener(type, listener);
    }
  }

  setRows(rows: readonly TimelineRow[]): void {
    this.rows = rows;
    this.draw();
  }

  setView(view: View): void {
    this.view = view;
    this.draw();
  }

  setPlayhead(at_ms: number): void {
    this.playhead_ms = at_ms;
    this.draw();
  }

  /** The span that is being marked for evidence; either end may still be missing. */
  setMarks(marks: { readonly from_ms: number | null; readonly to_ms: number | null } | null): void {
    this.marks = marks;
    this.draw();
  }

  setColours(colours: TimelineColours): void {
    this.colours = colours;
    this.draw();
  }

  /** Draw once in the next frame, however often it is asked for. */
  draw(): void {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.paint();
    });
  }

  private get width(): number {
    return this.canvas.clientWidth || 1;
  }

  private change(view: View): void {
    this.view = view;
    this.events.onView(view);
    this.draw();
  }

  private readonly onWheel = (event: WheelEvent): void => {
    event.preventDefault();
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      const by_px = event.deltaX || event.deltaY;
      this.change(pan(this.view, (by_px / this.width) * (this.view.to_ms - this.view.from_ms)));
      return;
    }
    const factor = Math.exp(Math.max(-1, Math.min(1, event.deltaY / 300)));
    this.change(zoomAbout(this.view, factor, timeAt(this.view, this.width, event.offsetX)));
  };

  private readonly onDown = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.drag = { x: event.offsetX, view: this.view, moved: false };
  };

  private readonly onMove = (event: PointerEvent): void => {
    if (this.drag) {
      const by_px = this.drag.x - event.offsetX;
      if (Math.abs(by_px) > CLICK_SLOP_PX) this.drag.moved = true;
      if (this.drag.moved) {
        const size = this.drag.view.to_ms - this.drag.view.from_ms;
        this.change(pan(this.drag.view, (by_px / this.width) * size));
      }
      return;
    }
    const at_ms = timeAt(this.view, this.width, event.offsetX);
    const row = this.rowUnder(event.offsetY);
    this.events.onHover({
      row, at_ms, span: (row && spanAt(row, at_ms)) ?? null, x: event.offsetX, y: event.offsetY,
    });
  };

  private readonly onUp = (event: PointerEvent): void => {
    const drag = this.drag;
    this.drag = null;
    if (drag && !drag.moved) this.events.onSeek(timeAt(this.view, this.width, event.offsetX), this.rowUnder(event.offsetY));
  };

  private readonly onLeave = (): void => {
    this.events.onHover(null);
  };

  private readonly onKey = (event: KeyboardEvent): void => {
    const size = this.view.to_ms - this.view.from_ms;
    const middle = (this.view.from_ms + this.view.to_ms) / 2;
    const answers: Record<string, () => void> = {
      "+": () => this.change(zoomAbout(this.view, 0.6, middle)),
      "=": () => this.change(zoomAbout(this.view, 0.6, middle)),
      "-": () => this.change(zoomAbout(this.view, 1 / 0.6, middle)),
      PageUp: () => this.change(pan(this.view, -size / 2)),
      PageDown: () => this.change(pan(this.view, size / 2)),
    };
    const answer = answers[event.key];
    if (!answer) return;
    event.preventDefault();
    event.stopPropagation();
    answer();
  };

  private rowUnder(y: number): TimelineRow | null {
    const index = rowAt(y, RULER_PX, ROW_PX, this.rows.length);
    return index === undefined ? null : (this.rows[index] ?? null);
  }

  private paint(): void {
    const width = this.width;
    const height = this.canvas.clientHeight || 1;
    const ratio = window.devicePixelRatio || 1;
    if (this.canvas.width !== Math.round(width * ratio) || this.canvas.height !== Math.round(height * ratio)) {
      this.canvas.width = Math.round(width * ratio);
      this.canvas.height = Math.round(height * ratio);
    }
    const context = this.canvas.getContext("2d");
    if (!context) return;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    context.font = '12px system-ui, "Noto Sans CJK SC", sans-serif';
    context.textBaseline = "middle";
    this.paintRows(context, width);
    this.paintRuler(context, width, height);
    this.paintMarks(context, width, height);
    this.paintPlayhead(context, width, height);
  }

  private paintMarks(context: CanvasRenderingContext2D, width: number, height: number): void {
    const { from_ms, to_ms } = this.marks ?? { from_ms: null, to_ms: null };
    if (from_ms === null && to_ms === null) return;
    const left = from_ms === null ? null : xOf(this.view, width, from_ms);
    const right = to_ms === null ? null : xOf(this.view, width, to_ms);
    if (left !== null && right !== null) {
      context.fillStyle = "rgba(240, 165, 58, 0.28)";
      context.fillRect(left, RULER_PX - 4, right - left, height - RULER_PX + 4);
    }
    context.strokeStyle = "#f0a53a";
    context.lineWidth = 3;
    for (const [x, tip] of [[left, 6], [right, -6]] as const) {
      if (x === null) continue;
      context.beginPath();
      context.moveTo(x + tip, RULER_PX - 4);
      context.lineTo(x, RULER_PX - 4);
      context.lineTo(x, height - 1);
      context.lineTo(x + tip, height - 1);
      context.stroke();
    }
  }

  private paintRows(context: CanvasRenderingContext2D, width: number): void {
    this.rows.forEach((row, index) => {
      const top = RULER_PX + index * ROW_PX + 3;
      const tall = ROW_PX - 6;
      context.fillStyle = this.colours.ground;
      context.fillRect(0, top, width, tall);
      for (const span of row.spans) {
        const colour = this.colourOf(span);
        const left = Math.max(0, xOf(this.view, width, span.start_ms));
        const right = Math.min(width, xOf(this.view, width, span.end_ms));
        if (!colour || right <= 0 || left >= width) continue;
        context.fillStyle = colour;
        // A gap of a second must be seen in a view of a day: never thinner than a pixel and a half.
        context.fillRect(left, top, Math.max(span.kind === "gap" ? 1.5 : 0.5, right - left), tall);
        if (span.kind === "gap") this.hatch(context, left, top, right - left, tall);
      }
      this.paintLabel(context, row.label, top + tall / 2);
    });
  }

  private paintLabel(context: CanvasRenderingContext2D, label: string, y: number): void {
    if (label === "") return;
    const text = label.length > 16 ? `${label.slice(0, 15)}…` : label;
    const wide = context.measureText(text).width;
    context.fillStyle = "rgba(10,16,24,0.62)";
    context.fillRect(4, y - 8, wide + 10, 16);
    context.fillStyle = "#ffffff";
    context.fillText(text, 9, y + 0.5);
  }

  /** Gaps carry stripes too, so that they are told apart without colours. */
  private hatch(context: CanvasRenderingContext2D, left: number, top: number, wide: number, tall: number): void {
    if (wide < 6) return;
    context.save();
    context.beginPath();
    context.rect(left, top, wide, tall);
    context.clip();
    context.strokeStyle = "rgba(255,255,255,0.35)";
    context.lineWidth = 2;
    context.beginPath();
    for (let x = left - tall; x < left + wide; x += 8) {
      context.moveTo(x, top + tall);
      context.lineTo(x + tall, top);
    }
    context.stroke();
    context.restore();
  }

  private colourOf(span: TimeSpan): string | null {
    switch (span.kind) {
      case "recorded": return this.colours.recorded;
      case "backfilled": return this.colours.backfilled;
      case "expired": return this.colours.expired;
      case "not_planned": return this.colours.notPlanned;
      case "future": return null;
      case "gap": return this.colours.gap[span.reason ?? "unknown"] ?? this.colours.gap["unknown"] ?? null;
    }
  }

  private paintRuler(context: CanvasRenderingContext2D, width: number, height: number): void {
    for (const tick of ticks(this.view, width)) {
      const x = Math.round(xOf(this.view, width, tick.at_ms)) + 0.5;
      context.strokeStyle = this.colours.line;
      context.lineWidth = tick.major ? 2 : 1;
      context.beginPath();
      context.moveTo(x, RULER_PX - 6);
      context.lineTo(x, height);
      context.stroke();
      context.fillStyle = tick.major ? this.colours.text : this.colours.faint;
      context.textAlign = x < 24 ? "left" : x > width - 24 ? "right" : "center";
      context.fillText(tick.label, x, 11);
    }
    context.textAlign = "left";
  }

  private paintPlayhead(context: CanvasRenderingContext2D, width: number, height: number): void {
    const x = xOf(this.view, width, this.playhead_ms);
    if (x < -1 || x > width + 1) return;
    context.strokeStyle = this.colours.playhead;
    context.lineWidth = 2;
    context.beginPath();
    context.moveTo(x, 0);
    context.lineTo(x, height);
    context.stroke();
    const text = fullTime(this.playhead_ms).slice(11);
    const wide = context.measureText(text).width + 10;
    const left = Math.max(0, Math.min(width - wide, x - wide / 2));
    context.fillStyle = this.colours.playhead;
    context.fillRect(left, 1, wide, 18);
    context.fillStyle = "#ffffff";
    context.fillText(text, left + 5, 10.5);
  }
}
