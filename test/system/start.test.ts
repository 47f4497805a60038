import { spawn, spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { descendantsOf, isAlive } from "../support/processes.ts";
import { environmentArrangement } from "./arrangements/environment.ts";
import { play } from "./play.ts";
import { story } from "./scenarios/story.ts";
import { failed } from "./stage/report.ts";
import { until } from "./stage/until.ts";
import { renderSummary } from "./view/summary-table.ts";

const START = fileURLToPath(new URL("./start.ts", import.meta.url));
const NODE_OPTIONS = ["--import", import.meta.resolve("tsx")];

test("the whole story holds: an app deploy leaves Redis alone, and a moved Redis is found", async () => {
  const played: string[] = [];
  const recording = await play({
    scenario: story,
    arrangement: environmentArrangement("dev"),
    seed: 1,
    signal: AbortSignal.timeout(100_000),
    audience: { onStep: (title) => played.push(title) },
  });
  expect(played).toEqual(story.steps.map(({ title }) => title));
  expect(failed(recording), renderSummary(recording)).toEqual([]);
  // An expectation that is never put would never fail.
  expect(recording.expectations.length).toBeGreaterThanOrEqual(14);
  const figures = new Map(recording.figures.map(({ name, value }) => [name, value]));
  expect(figures.get("Redis starts caused by the app deploy")).toBe("0");
  expect(figures.get("acknowledged writes lost")).toBe("0");
  expect(figures.get("resources changed")).toBe(
    "aws_ecs_task_definition.app_task_definition\naws_ecs_service.app_service",
  );
  expect(recording.faults.map(({ name }) => name)).toEqual(["slowStorage", "kill"]);
  expect(recording.faults.every((fault) => (fault.until ?? 0) >= fault.at)).toBe(true);
  expect(JSON.parse(JSON.stringify(recording))).toMatchObject({ scenario: "story", seed: 1 });
});

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
