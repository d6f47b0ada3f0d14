// The least a page must do: ticket from the address, WebSocket into Media Source Extensions, stay near the edge.
const state = { inits: 0, fragments: 0, ends: [], notices: [], errors: [], first_ms: null, begun_ms: performance.now() };
window.state = state;
const video = document.getElementById("video");
const ticket = location.hash.slice(1);
const socket = new WebSocket(`ws://${location.host}/media/live`);
socket.binaryType = "arraybuffer";
const can = ["avc1.42e01e", "hvc1.1.6.L93.B0", "mp4a.40.2", "flac"].filter((codec) =>
  MediaSource.isTypeSupported(`${/^(avc|hvc)/.test(codec) ? "video" : "audio"}/mp4; codecs="${codec}"`));
state.can = can;
socket.onopen = () => socket.send(JSON.stringify({ ticket, stream: "main", can }));
const queue = [];
let source, buffer, offsetKnown = false;
function pump() {
  if (!buffer || buffer.updating || queue.length === 0) return;
  try { buffer.appendBuffer(queue.shift()); } catch (error) { state.errors.push(String(error)); }
}
socket.onmessage = (event) => {
  if (typeof event.data === "string") {
    const message = JSON.parse(event.data);
    if (message.init) begin(message.init);
    if (message.end) state.ends.push(message.end.reason);
    if ("notice" in message) state.notices.push(message.notice && message.notice.reason);
    return;
  }
  const isInit = new DataView(event.data).getUint32(4) === 0x66747970;
  if (isInit) { state.inits++; queue.push(event.data); } else { state.fragments++; queue.push(event.data.slice(24)); }
  pump();
};
function begin(init) {
  state.mime = init.mime;
  queue.length = 0;
  buffer = undefined;
  source = new MediaSource();
  source.addEventListener("sourceopen", () => {
    buffer = source.addSourceBuffer(init.mime);
    buffer.addEventListener("updateend", () => { stay(); pump(); });
    buffer.addEventListener("error", () => state.errors.push("buffer error"));
    pump();
  }, { once: true });
  video.src = URL.createObjectURL(source);
  video.play().catch((error) => state.errors.push(String(error)));
}
function stay() {
  const ranges = video.buffered;
  if (ranges.length === 0) return;
  const end = ranges.end(ranges.length - 1);
  if (video.currentTime < ranges.start(ranges.length - 1) || end - video.currentTime > 0.6) video.currentTime = end - 0.15;
}
video.addEventListener("error", () => state.errors.push(String(video.error && video.error.message)));
video.requestVideoFrameCallback(() => { state.first_ms = performance.now() - state.begun_ms; });
window.pixels = () => {
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth; canvas.height = video.videoHeight;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(video, 0, 0);
  const data = context.getImageData(0, 0, canvas.width, canvas.height).data;
  const points = [];
  for (let bar = 0; bar < 7; bar++) {
    const at = (Math.floor(canvas.height / 3) * canvas.width + Math.floor((bar + 0.5) * canvas.width / 7)) * 4;
    points.push([data[at], data[at + 1], data[at + 2]]);
  }
  const noise = [];
  for (let x = 0; x < 64; x++) {
    const at = (Math.floor(canvas.height * 0.9) * canvas.width + canvas.width - 1 - x) * 4;
    noise.push(data[at]);
  }
  return { width: canvas.width, height: canvas.height, points, noise, time: video.currentTime,
    frames: video.getVideoPlaybackQuality().totalVideoFrames, audio: video.webkitAudioDecodedByteCount };
};
