import { spawn } from "node:child_process";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { whyNoImages } from "../../../harness/ecs/index.ts";
import { until } from "../../../harness/plays/stage/until.ts";
import { buildContext } from "../support/build-context.ts";
import { exampleEngine } from "../support/example-engine.ts";

// The example app from its own Dockerfile, as `npm run local -- dev --build app=examples/app` runs it.

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const APP = join(ROOT, "examples/app");
const LOCAL = join(ROOT, "harness/commands/local/main.ts");
/** Milliseconds. The build installs packages from a registry. */
const STARTS_WITHIN = 240_000;

/** Why this machine cannot run images; undefined if it can. */
const why = await whyNoImages();

describe.runIf(why === undefined)("the image of the example app", () => {
  it("is built and run, and finds Redis again after a move and after the loss of its host", async () => {
    using example = exampleEngine("docker.io/library/node:24-slim");
    // As the app's README says.
    using context = await buildContext((folder) => cpSync(APP, folder, { recursive: true }));
    await using run = local("--build", `app=${context.path}`, "--engine", example.engine.name);
    await run.printed("dev-app: .* has reached a steady state", { within: STARTS_WITHIN });
    const kinds = /^From images of \w+: \S+\/app\. As processes of this machine: \S+\/redis /m;
    expect(run.output()).toMatch(kinds);
    const app = /^ {2}dev-app +(http:\S+)$/m.exec(run.output())?.[1] ?? "";
    const sign = (guest: string) =>
      fetch(`${app}/guests/${guest}`, { method: "POST" }).then(({ status }) => status);
    expect(await sign("ada")).toBe(201);

    const first = await run.hostOfRedis();
    run.type(`drain ${first}`);
    await run.printed("dev-redis.dev-ecs registered", { times: 2 });
    await expect.poll(() => sign("grace")).toBe(201);

    run.type(`activate ${first}`, "stable");
    const second = await run.hostOfRedis();
    expect(second).not.toBe(first);
    run.type(`lose-host ${second}`);
    await run.printed("dev-redis.dev-ecs registered", { times: 3 });
    await expect.poll(() => sign("barbara")).toBe(201);

    // The other task of the app finds it later.
    const guests = () => fetch(`${app}/guests`).then((response) => response.json());
    await expect.poll(guests).toEqual({ guests: 3 });
    run.type("quit");
    expect(await run.ended).toBe(0);
  });
});

it.runIf(why !== undefined)("a machine that cannot run images says why", async () => {
  await using run = local("--build", "app=examples/app");
  expect(await run.ended).toBe(2);
  expect(run.output()).toContain(`error: option --build: ${why}`);
});

/** Runs `npm run local -- dev` with its commands in a pipe. */
function local(...args: readonly string[]) {
  const words = ["--import", import.meta.resolve("tsx"), LOCAL, "dev", ...args];
  const child = spawn(process.execPath, words, { cwd: ROOT, stdio: ["pipe", "pipe", "pipe"] });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  }
  /** @param within ms */
  const printed = async (line: string, { times = 1, within = 60_000 } = {}): Promise<string> => {
    const found = () => [...output.matchAll(new RegExp(` ${line}.*$`, "gm"))];
    const isOver = () => found().length >= times || child.exitCode !== null;
    await until(line, isOver, { timeout: within }).catch(() => {});
    expect(found().length, output).toBeGreaterThanOrEqual(times);
    return found()[times - 1]?.[0] ?? "";
  };
  const type = (...lines: readonly string[]) => child.stdin.write(`${lines.join("\n")}\n`);
  let asked = 0;
  return {
    ended,
    output: () => output,
    printed,
    type,
    hostOfRedis: async (): Promise<string> => {
      type("status");
      const line = await printed("RUNNING HEALTHY on host-\\d+: redis", { times: (asked += 1) });
      return /host-\d+/.exec(line)?.[0] ?? "";
    },
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGTERM");
      await ended;
    },
  };
}
