import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, rm } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { descendantsOf, isAlive } from "../../../support/processes.ts";
import { temporaryHome } from "../../../support/temporary-home.ts";
import { until } from "../../../../harness/plays/stage/until.ts";

const MAIN = fileURLToPath(
  new URL("../../../../harness/commands/playground/main.ts", import.meta.url),
);
const APP = fileURLToPath(new URL("../../ecs/fixture/app.mjs", import.meta.url));
const NODE_OPTIONS = ["--import", import.meta.resolve("tsx")];

test("Ctrl-C during the first deploy ends the playground and everything it started", async () => {
  await using started = await start(["--app", `echo own output; exec node ${APP}`]);
  const { child, home, output } = started;
  await until("it serves", () => /http:\/\/127\.0\.0\.1:\d+/.test(output()), { timeout: 80_000 });
  const [url = ""] = /http:\S+:\d+/.exec(output()) ?? [];
  // An open browser does not keep the process alive.
  const events = await fetch(`${url}/events`);
  expect(events.headers.get("content-type")).toBe("text/event-stream");
  await until("Redis runs", async () => (await (await fetch(url)).text()).includes("started (pid"));
  // The output of the user's app is printed.
  await until("the app writes", () => /before-app \w+ app \| own output/.test(output()));
  expect(await (await fetch(url)).text()).toContain("request GET /healthz;");
  const { pid = 0 } = child;
  const family = descendantsOf(pid);
  expect(family.length).toBeGreaterThan(0);

  // A terminal sends the signal to the whole process group.
  process.kill(-pid, "SIGINT");
  const [code] = (await once(child, "exit", { signal: AbortSignal.timeout(60_000) })) as [number];
  expect(code, output()).toBe(0);
  await until("its processes have ended", () => family.every((member) => !isAlive(member)));
  await until("its folders are removed", async () =>
    (await readdir(home)).every((name) => name.startsWith("tsx-")),
  );
  await expect(fetch(url)).rejects.toThrow("fetch failed");
  await events.body?.cancel().catch(() => {});
});

test("a taken port is reported and nothing is left behind", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  try {
    const { port } = taken.address() as AddressInfo;
    await using started = await start(["--port", String(port)]);
    const [code] = (await once(started.child, "close")) as [number];
    expect(started.output()).toContain(`port ${port} is taken; choose another with --port`);
    expect(code).toBe(1);
    expect((await readdir(started.home)).filter((name) => !name.startsWith("tsx-"))).toEqual([]);
  } finally {
    taken.close();
  }
});

interface Started extends AsyncDisposable {
  readonly child: ChildProcess;
  /** Its folder for temporary files. */
  readonly home: string;
  /** Its output. */
  readonly output: () => string;
}

async function start(args: readonly string[] = []): Promise<Started> {
  const home = await temporaryHome("playground-");
  const child = spawn(process.execPath, [...NODE_OPTIONS, MAIN, ...args], {
    env: { ...process.env, TMPDIR: home },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
  return {
    child,
    home,
    output: () => output,
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await rm(home, { recursive: true, force: true });
    },
  };
}
