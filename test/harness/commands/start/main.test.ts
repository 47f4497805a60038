import { spawn, type ChildProcessByStdio } from "node:child_process";
import { readdirSync } from "node:fs";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { descendantsOf, isAlive } from "../../../support/processes.ts";
import { temporaryHome } from "../../../support/temporary-home.ts";
import { until } from "../../../../harness/plays/stage/until.ts";

type Started = ChildProcessByStdio<null, Readable, Readable>;

const START = fileURLToPath(new URL("../../../../harness/commands/start/main.ts", import.meta.url));
const NODE_OPTIONS = ["--import", import.meta.resolve("tsx")];

/** One press of Ctrl-C as several signals: npm forwards it after an unknown delay. */
function pressed(child: Started): void {
  child.kill("SIGINT");
  for (const later of [1, 2, 5, 10, 20, 50]) setTimeout(() => child.kill("SIGINT"), later);
}

test.each([
  // The terminal sends the signal to npm and to the program, and npm forwards it.
  ["Ctrl-C", /dev-redis \w+ started/, pressed, "interrupted by SIGINT"],
  ["a reader that closes the pipe", /▸/, (child) => child.stdout.destroy(), ""],
] as [string, RegExp, (child: Started) => void, string][])(
  "%s during a play leaves no process and no folder behind",
  async (_what, middle, interrupt, last) => {
    const home = await temporaryHome("interrupted-");
    const child: Started = spawn(process.execPath, [...NODE_OPTIONS, START], {
      env: { ...process.env, TMPDIR: home, CDKTF_OUTDIR: join(home, "cdktf.out") },
      stdio: ["ignore", "pipe", "pipe"],
    });
    try {
      let [output, errors] = ["", ""];
      child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
      child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
      const pid = child.pid ?? 0;
      await until("the play is under way", () => middle.test(output), { timeout: 80_000 });
      // The first line says what is played.
      expect(output).toMatch(/^story in dev, .*Redis moves to another host/);
      const family = descendantsOf(pid);
      expect(family.length).toBeGreaterThan(0);

      const exited = once(child, "exit", { signal: AbortSignal.timeout(60_000) });
      interrupt(child);
      const [code] = (await exited) as [number];
      expect(code, output + errors).toBe(130);
      expect(errors.trim()).toBe(last);
      await until("its processes have ended", () => family.every((member) => !isAlive(member)));
      await until("its folders are removed", () =>
        readdirSync(home).every((name) => name === "cdktf.out" || name.startsWith("tsx-")),
      );
    } finally {
      child.kill("SIGKILL");
      await rm(home, { recursive: true, force: true });
    }
  },
);
