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
import { scenarios } from "./scenarios/index.ts";
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

test.each([
  [["--scenario", "nothing"], "Allowed choices are story, before, after, redis-moves"],
  [["--env", "nowhere"], "Allowed choices are dev, stg, prod"],
  [["--seed", "-1"], "a whole number from 0 to 4294967295"],
  [["--seed", "1.5"], "a whole number from 0 to 4294967295"],
  [["--nothing"], "unknown option '--nothing'"],
  [["dev"], "too many arguments"],
  [["--scenario", "before", "--env", "dev"], "before has a stack of its own"],
  [["--report", "nowhere/report.html"], "--report: there is no folder nowhere"],
])("%j is refused in one line that says what is allowed", (args, message) => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...NODE_OPTIONS, START, ...args],
    {
      encoding: "utf8",
      timeout: 20_000,
    },
  );
  expect(stderr).toContain(message);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
});

test("--list names every scenario", () => {
  const { status, stdout } = spawnSync(process.execPath, [...NODE_OPTIONS, START, "--list"], {
    encoding: "utf8",
    timeout: 20_000,
  });
  expect(status).toBe(0);
  const listed = stdout
    .trim()
    .split("\n")
    .map((line) => line.split(" ")[0]);
  expect(listed).toEqual(scenarios.map(({ name }) => name));
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
