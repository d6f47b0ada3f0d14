/** From a device that was found to a camera that can be added: its name, its addresses, the account put into them. */
import type { Camera, DeviceStream, FoundDevice } from "../api/types";

export function keyOf(device: FoundDevice): string {
  return `${device.address}:${device.port}`;
}

/** A name to begin with: the device's own where it has one (an RTSP server's is only its software's), else its address. */
export function firstName(device: FoundDevice): string {
  return device.method === "onvif" && device.name !== "" ? device.name : device.address;
}

/** Whether its maker is unknown and it tells no streams, so that a person must give the path. */
export function needsPath(device: FoundDevice): boolean {
  return device.method === "range" && device.vendor === "";
}

export function isKnown(device: FoundDevice, cameras: readonly Camera[]): boolean {
  const bracketed = device.address.includes(":") ? `[${device.address}]` : device.address;
  return cameras.some((camera) =>
    camera.streams.some((stream) =>
      device.method === "onvif" ? stream.host.replace(/:\d+$/, "") === bracketed : stream.host === `${bracketed}:${device.port}`));
}

/** `rtsp://host/path` with user and password, escaped; unchanged without a user. */
export function withAccount(url: string, user: string, password: string): string {
  if (user === "") return url;
  return url.replace("://", `://${encodeURIComponent(user)}:${encodeURIComponent(password)}@`);
}

export function withPath(url: string, path: string): string {
  const root = /^rtsps?:\/\/[^/]+/.exec(url)?.[0] ?? url;
  const clean = path.trim();
  return root + (clean.startsWith("/") ? clean : `/${clean}`);
}

export interface Addresses {
  readonly url: string;
  readonly subUrl: string;
}

/** The first profile is the main stream; of the others the one with the fewest pixels is the sub stream. */
export function addressesOf(streams: readonly DeviceStream[]): Addresses | null {
  const [main, ...others] = streams;
  if (!main) return null;
  const smaller = others
    .filter((one) => one.stream_url !== main.stream_url)
    .sort((a, b) => (a.width * a.height || Infinity) - (b.width * b.height || Infinity));
  return { url: main.stream_url, subUrl: smaller[0]?.stream_url ?? "" };
}

/** Addresses of a device found by RTSP: the path a person gave, else its maker's usual ones. */
export function addressesByPath(device: FoundDevice, path: string): Addresses | null {
  const [first, second] = device.urls;
  if (first === undefined) return null;
  if (path.trim() !== "") return { url: withPath(first, path), subUrl: "" };
  return { url: first, subUrl: second ?? "" };
}
