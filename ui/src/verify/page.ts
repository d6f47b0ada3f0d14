// The checking page: choose a package (and anchors), see nine steps and a verdict, play what is inside.
// Everything shown goes in as text, never as markup: a package is not to be trusted.

import type { ReadAt } from "./bytes";
import type { Clip } from "./manifest";
import { readAnchors, type Anchor } from "./note";
import { verifyPackage, type Checked } from "./package";
import { alteredText, derivationText, isoNs, maskedText, reportJson } from "./report";

const element = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;

let chinese = navigator.language.toLowerCase().startsWith("zh");
let file: File | null = null;
let anchorFiles: File[] = [];
let checked: Checked | null = null;
let failure: [string, string] | null = null;
let run = 0;
let playing = "";

const readerOf = (source: Blob): ReadAt => async (offset, length) =>
  new Uint8Array(await source.slice(offset, offset + length).arrayBuffer());

async function readTrust(): Promise<Anchor | null> {
  if (!anchorFiles.length) return null;
  const contents = await Promise.all(anchorFiles.map(async (one) => new Uint8Array(await one.arrayBuffer())));
  return readAnchors(contents);
}

async function check(): Promise<void> {
  const mine = ++run;
  checked = failure = null;
  stop();
  show();
  if (file === null) return;
  const bar = element<HTMLProgressElement>("progress");
  bar.hidden = false;
  bar.value = 0;
  let anchor: Anchor | null;
  try {
    anchor = await readTrust();
  } catch {
    failure = ["信任锚文件无法读取", "an anchor cannot be read"];
    bar.hidden = true;
    return show();
  }
  let painted = 0;
  try {
    const found = await verifyPackage(readerOf(file), file.size, anchor, (done, total) => {
      if (mine !== run) throw new Superseded();
      if (performance.now() - painted < 100) return;
      painted = performance.now();
      bar.value = done / Math.max(total, 1);
    });
    if (mine !== run) return;
    checked = found;
  } catch (error) {
    if (error instanceof Superseded) return;
    failure = ["文件无法读取", `the file cannot be read: ${String(error)}`];
  }
  bar.hidden = true;
  show();
}

class Superseded extends Error {}

function text(tag: string, content: string): HTMLElement {
  const made = document.createElement(tag);
  made.textContent = content;
  return made;
}

function show(): void {
  document.documentElement.lang = chinese ? "zh-CN" : "en";
  element("language").textContent = chinese ? "English" : "中文";
  for (const one of document.querySelectorAll<HTMLElement>("[data-zh]")) {
    one.textContent = one.dataset[chinese ? "zh" : "en"]!;
  }
  const error = element("error");
  error.hidden = failure === null;
  error.textContent = failure === null ? "" : failure[chinese ? 0 : 1];
  element("result").hidden = checked === null;
  element("contents").hidden = checked?.manifest == null;
  if (checked !== null) showReport(checked);
}

function showReport({ report, manifest }: Checked): void {
  const verdict = element("verdict");
  const words = { PASS: "通过", FAIL: "不通过", "INTACT, SIGNER UNKNOWN": "完整，签名者未知" };
  verdict.textContent = chinese ? `${words[report.verdict]}（${report.verdict}）` : report.verdict;
  verdict.dataset["verdict"] = report.verdict;
  verdict.dataset["report"] = JSON.stringify(reportJson(report)); // the same as the command line's --json
  const first = chinese ? "最先被改动之处：" : "First altered: ";
  element("altered").textContent = report.altered === null ? "" : first + alteredText(report.altered, chinese);
  const from = report.derived_from;
  const derived = [...(from === null ? [] : [derivationText(from, chinese)]), ...report.masked.map((clip) => maskedText(clip, chinese))];
  element("derived").replaceChildren(...(report.verdict === "FAIL" ? [] : derived.map((line) => text("span", line))));
  element("steps").replaceChildren(
    ...report.steps.map((step) => {
      const row = document.createElement("li");
      const state = text("b", step.state);
      state.dataset["state"] = step.state;
      const language = chinese ? "zh" : "en";
      row.append(text("span", `${step.number}.`), state, text("span", step.name[language]), text("span", step[language]));
      return row;
    }),
  );
  if (manifest === null) return;
  const rows: [string, string][] = [
    [chinese ? "包编号" : "Package", manifest.package],
    [chinese ? "封装时间" : "Sealed", isoNs(BigInt(manifest.created_ns))],
    [chinese ? "封装密钥" : "Seal key", manifest.seal_key],
    ...Object.entries(manifest.subject).flatMap(([key, value]) => (value ? [[label(key), value] as [string, string]] : [])),
    ...manifest.approvals.map((row): [string, string] => [
      row.title, `${row.person} ${row.post ?? ""} ${isoNs(BigInt(row.at_ns))} ${row.member}`,
    ]),
    ...manifest.custody.map((row): [string, string] => [
      isoNs(BigInt(row.at_ns)), [row.act, row.person, row.unit, row.detail].filter(Boolean).join(" "),
    ]),
  ];
  element("subject").replaceChildren(...rows.flatMap(([key, value]) => [text("dt", key), text("dd", value)]));
  element("clips").replaceChildren(...manifest.clips.map(clipElement));
}

const LABELS: { [key: string]: [string, string] } = {
  retrieval: ["调取编号", "Retrieval"], purpose: ["用途", "Purpose"], basis: ["依据", "Basis"],
  requester: ["调取单位", "Requester"], recipient: ["接收人", "Recipient"], holder: ["持有单位", "Holder"],
};
const label = (key: string): string => LABELS[key]?.[chinese ? 0 : 1] ?? key;

function clipElement(clip: Clip): HTMLElement {
  const box = document.createElement("section");
  box.append(text("h3", `${clip.name} (${clip.camera}/${clip.stream})`));
  box.append(text("p", `${isoNs(BigInt(clip.from_ns))} - ${isoNs(BigInt(clip.to_ns))}`));
  box.append(text("p", chinese ? clip.clock.zh : clip.clock.en));
  for (const part of [...clip.parts, ...clip.derived]) {
    const button = text("button", `▶ ${isoNs(BigInt(part.start_ns))}`) as HTMLButtonElement;
    button.type = "button";
    button.dataset["member"] = part.member;
    button.addEventListener("click", () => play(part.member));
    box.append(button);
  }
  for (const row of clip.declared) {
    const span = `${isoNs(BigInt(row.start_ns))} - ${isoNs(BigInt(row.end_ns))}`;
    box.append(text("p", chinese ? `${span} 无录像（声明：${row.reason}）` : `${span} no footage (declared: ${row.reason})`));
  }
  return box;
}

function play(name: string): void {
  const member = checked?.members.find((one) => one.name === name);
  if (member === undefined || file === null) return;
  stop();
  playing = URL.createObjectURL(file.slice(member.dataOffset, member.end, "video/mp4")); // nothing is copied
  const video = element<HTMLVideoElement>("video");
  video.src = playing;
  video.hidden = false;
  void video.play().catch(() => undefined); // where autoplay is refused, the controls are there
}

function stop(): void {
  const video = element<HTMLVideoElement>("video");
  video.removeAttribute("src");
  video.hidden = true;
  element("unplayable").hidden = true;
  if (playing) URL.revokeObjectURL(playing);
  playing = "";
}

element("language").addEventListener("click", () => {
  chinese = !chinese;
  show();
});
element("video").addEventListener("error", () => {
  element("unplayable").hidden = !playing;
});
element<HTMLInputElement>("package").addEventListener("change", (event) => {
  file = (event.target as HTMLInputElement).files?.[0] ?? null;
  void check();
});
element<HTMLInputElement>("anchors").addEventListener("change", (event) => {
  anchorFiles = [...((event.target as HTMLInputElement).files ?? [])];
  void check();
});
const drop = element("drop");
for (const name of ["dragenter", "dragover"]) {
  document.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
}
document.addEventListener("dragleave", () => drop.classList.remove("over"));
document.addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  file = event.dataTransfer?.files[0] ?? file;
  void check();
});
show();
