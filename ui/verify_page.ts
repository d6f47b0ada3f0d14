// Builds verify.html: one file that needs nothing else, with a content security policy that allows exactly its own
// script and style by their hashes, and no network at all.

import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { build, type Plugin, type Rollup } from "vite";

const folder = fileURLToPath(new URL("./src/verify/", import.meta.url));
const hashOf = (text: string): string => `sha256-${createHash("sha256").update(text).digest("base64")}`;

export async function buildVerifyPage(): Promise<string> {
  const built = (await build({
    configFile: false,
    logLevel: "error",
    build: {
      write: false,
      target: "es2022",
      lib: { entry: `${folder}page.ts`, formats: ["iife"], name: "verify" },
    },
  })) as Rollup.RollupOutput[];
  const chunks = built.flatMap((one) => one.output).filter((one) => one.type === "chunk");
  if (chunks.length !== 1) throw new Error("verify.html must be made of one script");
  const script = chunks[0]!.code.replaceAll("</script", "<\\/script").trim();
  const style = (await readFile(`${folder}page.css`, "utf8")).trim();
  const fields: { [name: string]: string } = {
    SCRIPT_HASH: hashOf(script), STYLE_HASH: hashOf(style), SCRIPT: script, STYLE: style,
  };
  const page = await readFile(`${folder}page.html`, "utf8");
  return page.replace(/%(SCRIPT_HASH|STYLE_HASH|SCRIPT|STYLE)%/g, (_, name: string) => fields[name]!);
}

/** Writes verify.html beside what the build wrote. */
export function verifyPage(): Plugin {
  let out = "";
  return {
    name: "verify-page",
    apply: "build",
    configResolved(config) {
      out = config.build.outDir;
    },
    async closeBundle() {
      await mkdir(out, { recursive: true });
      await writeFile(`${out}/verify.html`, await buildVerifyPage());
    },
  };
}
