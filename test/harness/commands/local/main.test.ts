import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { template } from "../../ecs/fixture/template.ts";
import { descendantsOf, isAlive } from "../../../support/processes.ts";
import { temporaryHome } from "../../../support/temporary-home.ts";
import { until } from "../../../../harness/plays/stage/until.ts";

const LOCAL = fileURLToPath(new URL("../../../../harness/commands/local/main.ts", import.meta.url));

/** An app that does not serve its health check. */
const APP = `
  console.log(process.env.GREETING, "on", process.env.PORT);
  require("node:http")
    .createServer((request, response) => response.writeHead(request.url === "/" ? 200 : 404).end())
    .listen(process.env.PORT);
`;

const ENVIRONMENT = [
  { name: "PORT", value: "3000" },
  { name: "REDIS_URL", value: "redis+srv://test-redis.test-ecs" },
];

test("the output for an app with a failing health check has its URL, the check, the response and the app's output; a command redeploys it", async () => {
  await using home = await folder();
  await writeFile(join(home.path, "app.cjs"), APP);
  await writeFile(
    join(home.path, "small.tf.json"),
    JSON.stringify(template({ appContainer: { environment: ENVIRONMENT } })),
  );
  const args = ["--template", "small.tf.json", "--app", "GREETING=hello node app.cjs"];
  await using local = start(home.path, args);
  const { child, output } = local;
  await until("the reason is printed", () => /unhealthy in .*: .*codes: \[404\]/.test(output()));
  // The first advice may be about a program that did not listen yet.
  await until("the advice is printed", () => /gave status 404; .*\n +The check/.test(output()));

  const [before = "", after = ""] = output().split(/^.*test-redis deployment in progress$/m);
  expect(before).toMatch(/^ {2}test-app +http:\/\/127\.0\.0\.1:\d+$/m);
  expect(before).toMatch(/^ {2}health check +test-app must answer GET \/healthz with 200$/m);
  expect(after).toMatch(/ test-app \w{6} \| hello on \d+$/m);
  expect(after).not.toMatch(/test-redis \w+ \|/);
  expect(after).toMatch(
    /! test-app \w{6} fails its health check: GET \/healthz gave status 404; expected 200\n +The check runs every [\d.]+ s\./,
  );
  expect(output()).not.toContain("undefined");

  // The printed commands run unchanged in the user's folder.
  const pasted = (name: string): string =>
    new RegExp(`^ {2}${name} +(.*node .*)$`, "m").exec(before)?.[1] ?? `no command for ${name}`;
  const records = await inShell(home.path, pasted("SRV records"));
  expect(records).toMatch(/^test-redis\.test-ecs\n[^]*A Redis client would connect, to /);
  expect(await inShell(home.path, pasted("Redis"))).toMatch(/^PONG from /);
  expect(before).toContain("this password is only for this run");
  expect(before).toMatch(
    /^ +type redeploy, kill TARGET or help, then Enter; Ctrl-C ends the run$/m,
  );

  // The user fixes the app and redeploys it with a command.
  const corrected = APP.replace("404", "200");
  await writeFile(join(home.path, "app.cjs"), corrected);
  child.stdin?.write("redeply\nd\n");
  await until("the app is redeployed", () =>
    /"redeply"[^]*test-app is redeployed[^]*test-app \w{6} is healthy in/.test(output()),
  );

  const family = descendantsOf(child.pid ?? 0);
  child.stdin?.write("\u0003");
  const [code] = (await once(child, "exit", { signal: AbortSignal.timeout(60_000) })) as [number];
  expect(code, output()).toBe(0);
  await until("its processes have ended", () => family.every((member) => !isAlive(member)));
  const left = (await readdir(home.path)).filter((name) => !name.startsWith("tsx-"));
  expect(left.toSorted()).toEqual(["app.cjs", "small.tf.json"]);
});

async function inShell(cwd: string, line: string): Promise<string> {
  const { stdout } = await promisify(execFile)("sh", ["-c", line], { cwd, timeout: 60_000 });
  return stdout;
}

async function folder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await temporaryHome("local-");
  return {
    path,
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}

/**
 * Starts the command in a terminal, where errors do not end it.
 * @param home the user's folder, also for temporary files
 */
function start(
  home: string,
  args: readonly string[],
): AsyncDisposable & { readonly child: ChildProcess; readonly output: () => string } {
  const words = [process.execPath, "--import", import.meta.resolve("tsx"), LOCAL, ...args];
  const line = words.map((word) => `'${word}'`).join(" ");
  const child = spawn("script", ["-qec", `exec ${line}`, "/dev/null"], {
    env: { ...process.env, INIT_CWD: home, TMPDIR: home },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text.replaceAll("\r", "");
    });
  }
  return {
    child,
    output: () => output,
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
    },
  };
}
