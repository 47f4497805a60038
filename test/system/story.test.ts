import { spawn } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { synthesizeAll } from "./local-environment.ts";
import { playStory } from "./story/story.ts";
import { steps } from "./story/steps.ts";
import { until } from "./until.ts";
import { renderSummary } from "./view/summary-table.ts";

const START = fileURLToPath(new URL("./start.ts", import.meta.url));

test("the whole story holds: an app deploy leaves Redis alone, and a moved Redis is found", async () => {
  const outdir = await mkdtemp(join(tmpdir(), "story-"));
  try {
    const { path, environments } = synthesizeAll(outdir);
    expect(environments).toEqual(["dev", "stg", "prod"]);
    const played: string[] = [];
    const report = await playStory({
      template: path,
      signal: AbortSignal.timeout(100_000),
      audience: { onStep: (title) => played.push(title) },
    });
    expect(played).toEqual(steps.map(({ title }) => title));
    expect(report.failed, renderSummary(report)).toEqual([]);
    // An expectation that is never put would never fail.
    expect(report.expectations.length).toBeGreaterThanOrEqual(14);
    expect(figure(report.figures, "Redis starts caused by the app deploy")).toBe("0");
    expect(figure(report.figures, "acknowledged writes lost")).toBe("0");
    expect(figure(report.figures, "resources changed")).toBe(
      "aws_ecs_task_definition.app_task_definition\naws_ecs_service.app_service",
    );
  } finally {
    await rm(outdir, { recursive: true, force: true });
  }
});

test("Ctrl-C in the middle leaves no process and no folder behind", async () => {
  const home = await mkdtemp(join(tmpdir(), "interrupted-"));
  const child = spawn(process.execPath, ["--import", import.meta.resolve("tsx"), START], {
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

function figure(figures: readonly { name: string; value: string }[], name: string) {
  return figures.find((candidate) => candidate.name === name)?.value;
}

/** Pids of all processes below one. */
function descendantsOf(pid: number): number[] {
  const parents = new Map(
    readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map((name) => [Number(name), parentOf(Number(name))]),
  );
  const children = (of: number): number[] =>
    [...parents]
      .filter(([, parent]) => parent === of)
      .flatMap(([child]) => [child, ...children(child)]);
  return children(pid);
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
