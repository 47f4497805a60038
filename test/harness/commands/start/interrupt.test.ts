import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { temporaryHome } from "../../../support/temporary-home.ts";

const COMMANDS = new URL("../../../../harness/commands/", import.meta.url);

const PRELOADS = [
  import.meta.resolve("tsx"),
  new URL("../../../support/interrupt-at-first-child.mjs", import.meta.url).href,
].flatMap((preload) => ["--import", preload]);

test.each(["local/main.ts", "playground/main.ts"])(
  "Ctrl-C while %s starts ends it, with all that it has started",
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

test("a full disk is told with the folder for temporary files", async () => {
  const interrupt = new URL("../../command-line/run-and-exit.ts", COMMANDS).href;
  const program = `
    import { run } from ${JSON.stringify(interrupt)};
    const full = Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
    run(() => Promise.reject(full));`;
  const [preload = ""] = PRELOADS.slice(1);
  const args = ["--import", preload, "--input-type=module", "--eval", program];
  const env = { ...process.env, TMPDIR: tmpdir() };
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "ignore", "pipe"] });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  expect(await once(child, "close")).toEqual([1, null]);
  expect(errors).toBe(
    `ENOSPC: no space left on device, write: a disk is full. Temporary files are in ${tmpdir()}; set TMPDIR to use another folder\n`,
  );
});
