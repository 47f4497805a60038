import { spawn, spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { descendantsOf, isAlive } from "../support/processes.ts";
import { until } from "./stage/until.ts";

const START = fileURLToPath(new URL("./start.ts", import.meta.url));
const NODE_OPTIONS = ["--import", import.meta.resolve("tsx")];

test("wrong arguments are told in one line, with the exit code 2", () => {
  const args = [...NODE_OPTIONS, START, "--scenario", "nothing"];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: "utf8",
    timeout: 20_000,
  });
  expect(stderr).toMatch(/^error: .*Allowed choices are story.*\n$/);
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
});

test("Ctrl-C in the middle leaves no process and no folder behind", async () => {
  const home = await mkdtemp(join(tmpdir(), "interrupted-"));
  const child = spawn(process.execPath, [...NODE_OPTIONS, START], {
    env: { ...process.env, TMPDIR: home, CDKTF_OUTDIR: join(home, "cdktf.out") },
    stdio: ["ignore", "pipe", "pipe"],
  });
  try {
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
    const pid = child.pid ?? 0;
    await until("Redis is up", () => /dev-redis \w+ started/.test(output), { timeout: 30_000 });
    const family = descendantsOf(pid);
    expect(family.length).toBeGreaterThan(0);

    child.kill("SIGINT");
    const [code] = (await once(child, "exit", { signal: AbortSignal.timeout(20_000) })) as [number];
    expect(code, output).toBe(130);
    expect(output).toContain("interrupted by SIGINT");
    await until("its processes are gone", () => family.every((member) => !isAlive(member)));
    await until("its folders are gone", () =>
      readdirSync(home).every((name) => name === "cdktf.out" || name.startsWith("tsx-")),
    );
  } finally {
    child.kill("SIGKILL");
    await rm(home, { recursive: true, force: true });
  }
});
