import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { openRunSocket } from "../../../../../harness/commands/local/attach/run-socket.ts";
import { withLocalEcs } from "../../../ecs/fixture/local.ts";
import { redisAlone } from "../../../ecs/fixture/one-redis.ts";
import { template } from "../../../ecs/fixture/template.ts";

/** A temporary folder of its own: a command looks into that of all runs, and others may have the same services. */
let temporary: string;
beforeEach(() => {
  temporary = mkdtempSync(path.join(tmpdir(), "attach-"));
  vi.stubEnv("TMPDIR", temporary);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(temporary, { recursive: true });
});

const MAIN = path.join(import.meta.dirname, "../../../../../harness/commands/local/main.ts");

/** What `npm run local -- …` prints in another terminal, and its exit code. */
const typed = (...args: readonly string[]) => typedWith("ignore", ...args);

/** @param input a descriptor */
async function typedWith(input: "ignore" | number, ...args: readonly string[]) {
  const child = spawn(process.execPath, ["--import", "tsx", MAIN, ...args], {
    stdio: [input, "pipe", "pipe"],
  });
  const [out, err, code] = await Promise.all([
    text(child.stdout as Readable),
    text(child.stderr as Readable),
    new Promise((resolve) => child.on("exit", resolve)),
  ]);
  return { out: out.trim(), err: err.trim(), code };
}

it("another terminal runs commands in a container of a run, and reads its log", async () => {
  const environment = [{ name: "GREETING", value: "hello" }];
  const redis = template({ ...redisAlone, redisContainer: { environment } });
  await withLocalEcs({ template: redis }, async ({ ecs }) => {
    await using socket = await openRunSocket(ecs);
    expect(socket).toBeDefined();
    await ecs.waitUntilStable();
    const script = "printenv GREETING; exit 7";
    expect(await typed("exec", "test-redis", "sh", "-c", script)).toMatchObject({
      out: "hello",
      code: 7,
    });
    expect((await typed("logs", "test-redis")).out).toContain("Ready to accept connections");
    // In a terminal, a program has another one: it could type into the user's.
    const exec = ["node", "--import", "tsx", MAIN, "exec", "test-redis", "tty"].join(" ");
    const both = spawn("script", ["-q", "-e", "-c", `tty; ${exec}`, "/dev/null"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ttys = (await text(both.stdout)).match(/\/dev\/pts\/\d+/g);
    expect(new Set(ttys).size).toBe(2);
    // By the descriptor of a file, a program could write to that.
    const input = openSync(import.meta.filename, "r");
    const reads = ["exec", "test-redis", "sh", "-c", "readlink /proc/self/fd/0; head -n 1"];
    const { out } = await typedWith(input, ...reads).finally(() => closeSync(input));
    expect(out).toMatch(/^(?:pipe|socket):\[\d+\]\nimport /);
    const unknown = await typed("exec", "nothing");
    expect(unknown.code).toBe(2);
    expect(unknown.err).toContain('unknown target "nothing"; allowed: ');
  });
});

it("another terminal that says nothing does not hold up the end of a run", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "attach-"));
  const ecs = { folder, services: [], hosts: [], logFile: String, beside: () => undefined };
  const run = await openRunSocket(ecs);
  const [file = ""] = readdirSync(folder);
  const silent = connect(path.join(folder, file)).on("error", () => {});
  await once(silent, "connect");
  await run[Symbol.asyncDispose]();
  expect(readdirSync(folder)).toEqual([]);
  rmdirSync(folder);
});
