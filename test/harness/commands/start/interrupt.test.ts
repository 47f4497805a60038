import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { temporaryHome } from "../../../support/temporary-home.ts";

const COMMANDS = new URL("../../../../harness/commands/", import.meta.url);

const PRELOADS = [
  import.meta.resolve("tsx"),
  new URL("../../../support/interrupt-at-first-child.mjs", import.meta.url).href,
].flatMap((preload) => ["--import", preload]);

test.each(["local/main.ts", "playground/main.ts"])(
  "Ctrl-C during the start of %s ends everything it started",
  async (program) => {
    const home = await temporaryHome("interrupted-");
    const args = [...PRELOADS, fileURLToPath(new URL(program, COMMANDS)), "dev"];
    const child = spawn(process.execPath, args, {
      env: { ...process.env, TMPDIR: home },
      stdio: ["ignore", "pipe", "pipe"],
    });
    try {
      let [output, errors] = ["", ""];
      child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
      child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
      const [code] = (await once(child, "close", { signal: AbortSignal.timeout(90_000) })) as [
        number | null,
      ];
      expect({ code, output, errors }).toEqual({
        code: 130,
        output: "",
        errors: "interrupted by SIGINT\n",
      });
      const left = await readdir(home);
      expect(left.filter((name) => !name.startsWith("tsx-"))).toEqual([]);
    } finally {
      child.kill("SIGKILL");
      await rm(home, { recursive: true, force: true });
    }
  },
);
