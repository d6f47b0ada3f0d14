/** A picture out of a video element, marked with who took it and of when it is, as a file. */
import { watermarkLines } from "../player/watermark";

export async function pictureOf(video: HTMLVideoElement, who: string, at_ms: number): Promise<Blob> {
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  const context = canvas.getContext("2d");
  if (!context || canvas.width === 0) throw new Error("no picture to take");
  context.drawImage(video, 0, 0);
  const size = Math.max(14, Math.round(canvas.height / 32));
  const text = [...watermarkLines(who, new Date()), new Date(at_ms).toISOString()].join("  ");
  context.font = `${size}px system-ui, "Noto Sans CJK SC", sans-serif`;
  context.fillStyle = "rgba(0,0,0,0.6)";
  context.fillRect(0, canvas.height - size * 1.7, canvas.width, size * 1.7);
  context.fillStyle = "#ffffff";
  context.fillText(text, size * 0.5, canvas.height - size * 0.55);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the picture could not be written"))), "image/jpeg", 0.92);
  });
}

export function snapshotName(camera: string, at_ms: number): string {
  const stamp = new Date(at_ms).toISOString().replace(/[-:]/g, "").replace(/\.\d+Z$/, "Z");
  return `${camera.replace(/[\\/:*?"<>|\s]+/g, "_")}-${stamp}.jpg`;
}

export function saveBlob(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
