import { describe, expect, it } from "vitest";

import { decodableCodecs } from "./codec_probe";
import { isInitSegment, mimeWithCodecs, parseLiveFragment, parseLiveText } from "./live_protocol";
import { initSegment } from "./testing";

describe("live protocol", () => {
  it("keeps every nanosecond of start_ns", () => {
    const text = '{"init": {"mime": "video/mp4", "codecs": "avc1.4d401f", "width": 640, "height": 360, "start_ns": 1795468187123456789}}';
    expect(parseLiveText(text)).toEqual({
      kind: "init",
      init: { mime: "video/mp4", codecs: "avc1.4d401f", width: 640, height: 360, start_ns: 1795468187123456789n },
    });
  });

  it("reads why a stream ended, and survives nonsense", () => {
    expect(parseLiveText('{"end":{"reason":"revoked","zh":"权限已收回","en":"withdrawn"}}')).toEqual({
      kind: "end", end: { reason: "revoked", zh: "权限已收回", en: "withdrawn" },
    });
    expect(parseLiveText('{"notice":{"reason":"unreachable","zh":"连不上","en":"unreachable"}}')).toEqual({
      kind: "notice", notice: { reason: "unreachable", zh: "连不上", en: "unreachable" },
    });
    expect(parseLiveText('{"notice":null}')).toEqual({ kind: "notice", notice: null });
    for (const text of ["", "null", "[1", "7", '{"other":1}']) expect(parseLiveText(text)).toEqual({ kind: "other" });
  });

  it("reads the 24-byte header", () => {
    const data = new ArrayBuffer(24 + 16);
    const view = new DataView(data);
    view.setUint8(0, 5);
    view.setUint32(4, 3600);
    view.setBigUint64(8, 1795468187123456789n);
    view.setBigUint64(16, 1795468187163456789n);
    expect(parseLiveFragment(data)).toMatchObject({
      keyframe: true, damaged: false, audio: true, duration_90k: 3600,
      start_ns: 1795468187123456789n, arrival_ns: 1795468187163456789n,
    });
    expect(parseLiveFragment(data)?.media.byteLength).toBe(16);
    expect(parseLiveFragment(new ArrayBuffer(24))).toBeUndefined();
  });

  it("tells an init segment from a fragment", () => {
    expect(isInitSegment(initSegment(90_000).buffer as ArrayBuffer)).toBe(true);
    expect(isInitSegment(new ArrayBuffer(40))).toBe(false);
  });

  it("adds codecs to a mime that lacks them, once", () => {
    expect(mimeWithCodecs("video/mp4", "avc1.4d401f")).toBe('video/mp4; codecs="avc1.4d401f"');
    expect(mimeWithCodecs('video/mp4; codecs="x"', "y")).toBe('video/mp4; codecs="x"');
  });

  it("tells the edge only what the browser said yes to", () => {
    const can = decodableCodecs((mime) => mime.includes("avc1") || mime === 'audio/mp4; codecs="flac"');
    expect(can).toEqual(["avc1.42e01e", "avc1.4d401f", "avc1.640028", "flac"]);
  });
});
