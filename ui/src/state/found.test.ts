import { describe, expect, it } from "vitest";

import type { Camera, FoundDevice } from "../api/types";
import { addressesByPath, addressesOf, firstName, isKnown, withAccount, withPath } from "./found";

const device = (change: Partial<FoundDevice> = {}): FoundDevice => ({
  address: "10.0.0.9", port: 554, name: "", vendor: "", model: "", method: "range", urls: ["rtsp://10.0.0.9/"], needs_password: true,
  ...change,
});

describe("a found device becomes a camera", () => {
  it("puts the account into the address, escaped", () => {
    expect(withAccount("rtsp://10.0.0.9/a", "admin", "p@ss:w/rd")).toBe("rtsp://admin:p%40ss%3Aw%2Frd@10.0.0.9/a");
    expect(withAccount("rtsp://10.0.0.9/a", "", "x")).toBe("rtsp://10.0.0.9/a");
  });

  it("takes the path a person gave in place of the device's", () => {
    expect(withPath("rtsp://10.0.0.9:8554/", "live/1")).toBe("rtsp://10.0.0.9:8554/live/1");
    expect(addressesByPath(device(), "/x?y=1")).toEqual({ url: "rtsp://10.0.0.9/x?y=1", subUrl: "" });
    const usual = device({ vendor: "Hikvision", urls: ["rtsp://10.0.0.9/1", "rtsp://10.0.0.9/2"] });
    expect(addressesByPath(usual, "")).toEqual({ url: "rtsp://10.0.0.9/1", subUrl: "rtsp://10.0.0.9/2" });
    expect(addressesByPath(device({ urls: [] }), "")).toBeNull();
  });

  it("takes the first profile as main stream and the smallest other as sub stream", () => {
    const stream = (name: string, width: number, height: number) => ({ profile: name, stream_url: `rtsp://h/${name}`, codec: "H264", width, height });
    expect(addressesOf([stream("a", 1920, 1080), stream("b", 1280, 720), stream("c", 640, 360), stream("d", 0, 0)])).toEqual({ url: "rtsp://h/a", subUrl: "rtsp://h/c" });
    expect(addressesOf([stream("a", 1920, 1080), stream("a", 1920, 1080)])).toEqual({ url: "rtsp://h/a", subUrl: "" });
    expect(addressesOf([])).toBeNull();
  });

  it("is named by its own word only when that is a camera's name", () => {
    expect(firstName(device({ name: "GStreamer RTSP server" }))).toBe("10.0.0.9");
    expect(firstName(device({ method: "onvif", name: "Gate 7" }))).toBe("Gate 7");
  });

  it("is known when a camera already comes from there", () => {
    const camera = { streams: [{ host: "10.0.0.9:554" }] } as unknown as Camera;
    expect(isKnown(device(), [camera])).toBe(true);
    expect(isKnown(device({ port: 8554 }), [camera])).toBe(false);
    expect(isKnown(device({ method: "onvif", port: 80 }), [camera])).toBe(true);
  });
});
