import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Redis } from "ioredis";
import { describe, expect, it } from "vitest";
import { connecting } from "./clients.ts";

const COMMAND = join(import.meta.dirname, "../../../../harness/ecs/command.ts");

interface Line {
  readonly host: string;
  readonly port: number;
  readonly target: { readonly host: string; readonly port: number };
  readonly control: string;
  readonly password?: string;
}

/** The command, with a pipe as its standard input. */
function start(args: readonly string[], stdin: "pipe" | "ignore" = "pipe"): ChildProcess {
  const line = ["--import", "tsx", COMMAND, ...args];
  return spawn(process.execPath, line, { stdio: [stdin, "pipe", "pipe"] });
}

async function lineOf({ stdout }: ChildProcess): Promise<Line> {
  for await (const line of createInterface(stdout ?? process.stdin)) return JSON.parse(line);
  throw new Error("the command has printed no line");
}

/** Exit code and the text on stderr. */
async function endOf(child: ChildProcess): Promise<[code: number, complaint: string]> {
  let complaint = "";
  child.stderr?.on("data", (data) => (complaint += String(data)));
  const [code] = await once(child, "close");
  return [code, complaint];
}

async function post(url: string): Promise<[status: number, body: unknown]> {
  const response = await fetch(url, { method: "POST" });
  return [response.status, await response.json()];
}

describe("local-ecs moving-redis", () => {
  it("moves Redis by HTTP, and ends with its standard input", async () => {
    const child = start(["moving-redis"]);
    const { host, port, target, control, password } = await lineOf(child);
    const client = new Redis({ host, port, password, retryStrategy: () => 20 });
    client.on("error", () => {});
    await client.set("a", 1);
    const [status, body] = await post(`${control}/move`);
    expect([status, body]).not.toEqual([200, { target }]);
    await expect(client.incr("a")).resolves.toBe(2);
    for (const call of [
      "deploy",
      "crash",
      "outage?ms=50",
      "demote",
      "restore",
      "slow-load?ms=50",
    ]) {
      expect(await post(`${control}/${call}`)).toEqual([200, { target: expect.anything() }]);
    }
    expect(await post(`${control}/freeze`)).toMatchObject([200, {}]);
    expect(await post(`${control}/lose`)).toEqual([
      400,
      { error: "lose: Redis is frozen; call restore() or move() first" },
    ]);
    const [, { target: last }] = (await post(`${control}/move`)) as [number, Line];
    child.stdin?.end();
    expect(await endOf(child)).toEqual([0, ""]);
    await expect(connecting(last)).resolves.toBe("ECONNREFUSED");
    client.disconnect();
  });

  it("refuses calls without its token, unknown ones, and GET", async () => {
    const child = start(["moving-redis"]);
    const { control } = await lineOf(child);
    const wrong = `${new URL(control).origin}/0123/move`;
    for (const url of [wrong, `${new URL(control).origin}//`]) {
      expect(await post(url)).toEqual([404, { error: "the URL has no valid token" }]);
    }
    const [status, body] = await post(`${control}/toString`);
    expect([status, JSON.stringify(body)]).toEqual([
      404,
      expect.stringContaining("allowed: move,"),
    ]);
    expect((await fetch(`${control}/move`)).status).toBe(405);
    expect(await post(`${control}/outage`)).toMatchObject([400, {}]);
    child.kill("SIGTERM");
    expect(await endOf(child)).toEqual([0, ""]);
  });

  it("ends when the program that started it has been killed", async () => {
    // A program that starts the command without a pipe, and is killed.
    const program = `
      const { spawn } = require("node:child_process");
      const args = ["--import", "tsx", ${JSON.stringify(COMMAND)}, "moving-redis"];
      spawn(process.execPath, args, { stdio: ["ignore", "inherit", "inherit"] });`;
    const parent = spawn(process.execPath, ["-e", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const { target } = await lineOf(parent);
    parent.kill("SIGKILL");
    await expect.poll(() => connecting(target), { timeout: 10_000 }).toBe("ECONNREFUSED");
  });

  it.each([
    [[], "a command is needed; allowed: moving-redis, --help"],
    [["moving-redis", "--prot", "1"], "wrong arguments; allowed: --tls, --ttl, --port"],
    [["moving-redis", "--ttl", "x"], "ttl: expected a whole number of seconds"],
  ])("refuses %j", async (args, message) => {
    const [code, complaint] = await endOf(start(args));
    expect(code).toBe(2);
    expect(complaint).toContain(message);
  });
});
