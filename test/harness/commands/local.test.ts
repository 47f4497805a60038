import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { template } from "../ecs/fixture/template.ts";
import { descendantsOf, isAlive } from "../../support/processes.ts";
import { until } from "../../../harness/plays/stage/until.ts";

const LOCAL = fileURLToPath(new URL("../../../harness/commands/local.ts", import.meta.url));

/** An app that knows nothing of its health check. */
const APP = `
  console.log(process.env.GREETING, "on", process.env.PORT);
  require("node:http")
    .createServer((request, response) => response.writeHead(request.url === "/" ? 200 : 404).end())
    .listen(process.env.PORT);
`;

test("an app that fails its health check sees its URL, what is asked of it, why, and its own lines", async () => {
  await using home = await folder();
  await writeFile(join(home.path, "app.cjs"), APP);
  await writeFile(join(home.path, "small.tf.json"), JSON.stringify(template()));
  const args = ["--template", "small.tf.json", "--app", "GREETING=hello node app.cjs"];
  await using local = start(home.path, args);
  const { child, output } = local;
  await until("it is told why", () => /unhealthy in .*: .*codes: \[404\]/.test(output()));

  const [before = "", after = ""] = output().split(/^.*test-redis deployment in progress$/m);
  expect(before).toMatch(/^ {2}test-app +http:\/\/127\.0\.0\.1:\d+$/m);
  expect(before).toMatch(/^ {2}health check +test-app must answer GET \/healthz with 200$/m);
  expect(after).toMatch(/ test-app \w{6} \| hello on \d+$/m);
  expect(after).not.toMatch(/test-redis \w+ \|/);

  const family = descendantsOf(child.pid ?? 0);
  child.kill("SIGINT");
  const [code] = (await once(child, "exit", { signal: AbortSignal.timeout(20_000) })) as [number];
  expect(code, output()).toBe(0);
  await until("its processes are gone", () => family.every((member) => !isAlive(member)));
  const left = (await readdir(home.path)).filter((name) => !name.startsWith("tsx-"));
  expect(left.toSorted()).toEqual(["app.cjs", "small.tf.json"]);
});

async function folder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), "local-"));
  return {
    path,
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}

/** @param home where the user is, and the folder for temporary files */
function start(
  home: string,
  args: readonly string[],
): AsyncDisposable & { readonly child: ChildProcess; readonly output: () => string } {
  const child = spawn(process.execPath, ["--import", import.meta.resolve("tsx"), LOCAL, ...args], {
    env: { ...process.env, INIT_CWD: home, TMPDIR: home },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  }
  return {
    child,
    output: () => output,
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
    },
  };
}
