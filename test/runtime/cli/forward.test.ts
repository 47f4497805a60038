import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { findRedisServer } from "../../../harness/ecs/programs/find-redis.ts";
import { startRedis } from "../../../harness/ecs/programs/start-redis.ts";
import { TLS_FILES } from "../../../harness/ecs/programs/tls/certificates.ts";
import { forward, lead, NAME, WAIT } from "../support/forwarded.ts";
import { type Installation, install } from "../support/installed.ts";
import {
  connectTo,
  ended,
  exchange,
  readAll,
  startEcho,
  startUpstream,
} from "../support/sockets.ts";

const PING = "PING\r\n";
const PONG = "+PONG\r\n";

let cli: Installation;

beforeAll(() => {
  cli = install();
});

afterAll(() => {
  cli[Symbol.dispose]();
});

/** A tool in the folder of redis-server, such as redis-cli. */
async function redisTool(tool: "cli" | "benchmark"): Promise<string> {
  const server = await findRedisServer();
  return join(dirname(server), `${server.includes("valkey") ? "valkey" : "redis"}-${tool}`);
}

describe("srv-dialer forward", () => {
  it("serves redis-cli, which does not support SRV records", async () => {
    await using redis = await startRedis({ args: ["--requirepass", "sesame"] });
    await using forwarded = await forward(cli, [redis.port]);
    const port = forwarded.where.split(":")[1] ?? "";
    const redisCli = async (...args: string[]): Promise<string> => {
      const options = { env: { REDISCLI_AUTH: "sesame" }, timeout: 10_000 };
      const { stdout } = await promisify(execFile)(
        await redisTool("cli"),
        ["-p", port, ...args],
        options,
      );
      return stdout.trim();
    };

    expect(await redisCli("set", "key", "value")).toBe("OK");
    expect(await redisCli("get", "key")).toBe("value");
    expect(forwarded.command.stderr()).toBe("");
  });

  it("continues, with its open connections, after its stderr is closed", async () => {
    await using echo = await startEcho();
    await using forwarded = await forward(cli, [echo.port], { options: ["--timeout", "300"] });
    const open = await connectTo(forwarded.where);
    await expect(exchange(open, "one")).resolves.toBe("one");
    forwarded.command.closeStderr();
    forwarded.dns.setSrv(NAME, []);
    const isServed = async (): Promise<boolean> => {
      using socket = await connectTo(forwarded.where);
      return (await exchange(socket, "?")) === "?";
    };
    // Each failed dial is reported. This is the first one after the cached answer has expired.
    for (let failures = 0; failures < 2;) {
      // It may be reset before the connect event.
      if (!(await isServed().catch(() => false))) failures++;
    }
    await expect(exchange(open, "two")).resolves.toBe("two");
    open.destroy();
  });

  it("serves redis-benchmark's many clients and pipelines", async () => {
    await using redis = await startRedis();
    await using forwarded = await forward(cli, [redis.port]);
    const port = forwarded.where.split(":")[1] ?? "";
    const load = ["-n", "4000", "-c", "20", "-P", "8", "-d", "1000", "-t", "set,get", "--csv"];

    const benchmark = spawn(await redisTool("benchmark"), ["-p", port, ...load], {
      timeout: 15_000,
    });
    let output = "";
    benchmark.stdout.on("data", (chunk) => (output += String(chunk)));
    const [code] = await once(benchmark, "close");

    expect(code).toBe(0);
    expect(output).toMatch(/"SET",[^]*"GET",/);
    expect(forwarded.command.stderr()).toBe("");
  });

  it("connects new clients to the new endpoint of the service", async () => {
    await using first = await startUpstream((socket) => socket.end("first"));
    await using second = await startUpstream((socket) => socket.end("second"));
    await using forwarded = await forward(cli, [first.port]);
    const greeting = async (): Promise<string> => readAll(await connectTo(forwarded.where));

    expect(await greeting()).toBe("first");
    lead(forwarded.dns, second.port);
    await first[Symbol.asyncDispose]();

    expect(await vi.waitUntil(() => greeting().catch(() => undefined), WAIT)).toBe("second");
  });

  it("lets a client wait for a service that has no records yet", async () => {
    await using echo = await startEcho();
    await using forwarded = await forward(cli, []);
    const { dns, command, where } = forwarded;
    using client = await connectTo(where);
    const answer = exchange(client, "hello");
    await vi.waitUntil(() => dns.queries.length > 0, WAIT);

    lead(dns, echo.port);

    expect(await answer).toBe("hello");
    expect(command.stderr()).toBe("");
  });

  it("resets a client that cannot be served within --timeout, and says why in one line", async () => {
    await using forwarded = await forward(cli, [], { options: ["--timeout", "300"] });
    using client = await connectTo(forwarded.where);

    expect(await ended(client)).toBe("ECONNRESET");
    await vi.waitUntil(() => forwarded.command.stderr() !== "", WAIT);

    expect(forwarded.command.stderr()).toMatch(
      new RegExp(`^ERR_SRV_NO_RECORDS: [^\\n]+ 300 ms: ${NAME} has no SRV records[^\\n]+\\n$`),
    );
  });

  it("ends the dial of a client that has gone, without a message", async () => {
    await using forwarded = await forward(cli, []);
    const { dns, command, where } = forwarded;
    dns.fault("drop");
    using client = await connectTo(where);
    await vi.waitUntil(() => dns.queries.length > 0, WAIT);

    client.resetAndDestroy();
    command.signal("SIGTERM");

    expect(await command.outcome).toMatchObject({ code: 0, stderr: "" });
  });

  it("uses TLS to the service with --tls", async () => {
    await using redis = await startRedis({ tls: TLS_FILES });
    const env = { NODE_EXTRA_CA_CERTS: TLS_FILES.cert };
    await using right = await forward(cli, [redis.port], { options: ["--tls"], env });
    const options = ["--tls", "--servername", "wrong.example", "--timeout", "1000"];
    await using wrong = await forward(cli, [redis.port], { options, env });
    using client = await connectTo(right.where);
    expect(await exchange(client, PING, PONG.length)).toBe(PONG);

    using mistaken = await connectTo(wrong.where);
    expect(await ended(mistaken)).toBe("ECONNRESET");
    await vi.waitUntil(() => wrong.command.stderr() !== "", WAIT);
    expect(wrong.command.stderr()).toMatch(/^ERR_SRV_CONNECT: .*wrong\.example/);
  });

  it("skips a target that is not Redis with --redis", async () => {
    await using echo = await startEcho();
    await using redis = await startRedis();
    await using forwarded = await forward(cli, [echo.port, redis.port], { options: ["--redis"] });
    using client = await connectTo(forwarded.where);

    expect(await exchange(client, PING, PONG.length)).toBe(PONG);
  });
});
