import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { type DnsServer, startDnsServer } from "../../../runtime/src/testing.ts";
import { findRedisServer } from "../../../harness/programs/find-redis.ts";
import { startRedis } from "../../../harness/programs/start-redis.ts";
import { TLS_FILES } from "../../../harness/programs/tls/certificates.ts";
import { type Installation, type Running, install, listening } from "../support/installed.ts";
import {
  connectTo,
  ended,
  exchange,
  readAll,
  startEcho,
  startTlsUpstream,
  startUpstream,
} from "../support/sockets.ts";

const NAME = "dev-redis.dev-ecs";
const ANY_PORT = "127.0.0.1:0";
const PING = "PING\r\n";
const PONG = "+PONG\r\n";
const WAIT = { timeout: 15_000, interval: 5 };

let cli: Installation;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "forward-"));
  cli = await install();
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  cli[Symbol.dispose]();
});

function lead(dns: DnsServer, ...ports: readonly number[]): void {
  const common = { host: "a1.dev-ecs", addresses: ["127.0.0.1"], ttl: 1 };
  dns.setSrv(
    NAME,
    ports.map((port, priority) => ({ ...common, port, priority })),
  );
}

/** A forward that listens, its DNS server, and where it listens. */
async function forward(
  ports: readonly number[],
  { listen = ANY_PORT, options = [] as readonly string[], env = {} } = {},
): Promise<AsyncDisposable & { dns: DnsServer; command: Running; where: string }> {
  const dns = await startDnsServer();
  if (ports.length > 0) lead(dns, ...ports);
  const args = ["forward", NAME, "--listen", listen, "--server", dns.address, ...options];
  const command = cli.start(args, env);
  const end = async (): Promise<void> => {
    await command[Symbol.asyncDispose]();
    await dns.close();
  };
  try {
    return { dns, command, where: await listening(command), [Symbol.asyncDispose]: end };
  } catch (error) {
    await end();
    throw error;
  }
}

/** A tool beside the redis-server, such as redis-cli. */
async function redisTool(tool: "cli" | "benchmark"): Promise<string> {
  const server = await findRedisServer();
  return join(dirname(server), `${server.includes("valkey") ? "valkey" : "redis"}-${tool}`);
}

/** Resolves when the port accepts no more connections. */
async function untilClosed(where: string): Promise<void> {
  await vi.waitUntil(async () => {
    try {
      (await connectTo(where)).destroy();
      return false;
    } catch {
      return true;
    }
  }, WAIT);
}

describe("srv-dialer forward", () => {
  it("serves redis-cli, which knows nothing of SRV records", async () => {
    await using redis = await startRedis({ args: ["--requirepass", "sesame"] });
    await using forwarded = await forward([redis.port]);
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

  it("goes on, with its open connections, when no one reads its stderr any more", async () => {
    await using echo = await startEcho();
    await using forwarded = await forward([echo.port]);
    const open = await connectTo(forwarded.where);
    await expect(exchange(open, "one")).resolves.toBe("one");
    forwarded.command.closeStderr();
    forwarded.dns.setSrv(NAME, []);
    const isServed = async (): Promise<boolean> => {
      using socket = await connectTo(forwarded.where);
      return (await exchange(socket, "?")) === "?";
    };
    // Each failed dial is told: the first one at which the answer is no longer kept.
    for (let failures = 0; failures < 2;) {
      // It may be reset before it is known to be connected.
      if (!(await isServed().catch(() => false))) failures++;
    }
    await expect(exchange(open, "two")).resolves.toBe("two");
    open.destroy();
  });

  it("serves redis-benchmark's many clients and pipelines", async () => {
    await using redis = await startRedis();
    await using forwarded = await forward([redis.port]);
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

  it("leads new connections to where the service has moved", async () => {
    await using first = await startUpstream((socket) => socket.end("first"));
    await using second = await startUpstream((socket) => socket.end("second"));
    await using forwarded = await forward([first.port]);
    const greeting = async (): Promise<string> => readAll(await connectTo(forwarded.where));

    expect(await greeting()).toBe("first");
    lead(forwarded.dns, second.port);
    await first[Symbol.asyncDispose]();

    expect(await vi.waitUntil(() => greeting().catch(() => undefined), WAIT)).toBe("second");
  });

  it("passes the client's half-close on, and then the answer back", async () => {
    await using upstream = await startUpstream((socket) => {
      void readAll(socket).then((text) => socket.end(`got ${text}`));
    });
    await using forwarded = await forward([upstream.port]);
    using client = await connectTo(forwarded.where);

    client.end("the whole request");

    expect(await readAll(client)).toBe("got the whole request");
  });

  it("passes the service's half-close on, and then what the client still says", async () => {
    const heard: Promise<string>[] = [];
    await using upstream = await startUpstream((socket) => {
      heard.push(readAll(socket));
      socket.end("that is all");
    });
    await using forwarded = await forward([upstream.port]);
    using client = await connectTo(forwarded.where);

    expect(await readAll(client)).toBe("that is all");
    client.end("thank you");

    expect(await heard[0]).toBe("thank you");
  });

  it("resets the service's side when the client is reset, and the other way round", async () => {
    await using upstream = await startEcho();
    await using forwarded = await forward([upstream.port]);
    using leaving = await connectTo(forwarded.where);
    expect(await exchange(leaving, "hello")).toBe("hello");
    const [first] = upstream.sockets;
    using left = await connectTo(forwarded.where);
    expect(await exchange(left, "hello")).toBe("hello");
    const [, second] = upstream.sockets;
    if (first === undefined || second === undefined) throw new Error("two connections are needed");

    const ends = [ended(first), ended(left)];
    leaving.resetAndDestroy();
    second.resetAndDestroy();

    expect(await Promise.all(ends)).toEqual(["ECONNRESET", "ECONNRESET"]);
    expect(forwarded.command.stderr()).toBe("");
  });

  it("carries 50 MB both ways unharmed", async () => {
    await using upstream = await startEcho();
    await using forwarded = await forward([upstream.port]);
    using client = await connectTo(forwarded.where);
    const received = createHash("sha256");
    client.on("data", (chunk) => received.update(chunk));
    const end = once(client, "end", { signal: AbortSignal.timeout(WAIT.timeout) });

    const [sent] = await Promise.all([push(client), end]);

    expect(received.digest("hex")).toBe(sent);
  });

  it("slows a writer whose reader is slow", async () => {
    let sent: Promise<string> | undefined;
    await using upstream = await startUpstream((socket) => {
      socket.resume();
      sent = push(socket);
    });
    const listen = `unix:${join(folder, "slow")}`;
    await using forwarded = await forward([upstream.port], { listen });
    using client = await connectTo(forwarded.where);
    await vi.waitUntil(() => sent !== undefined, WAIT);
    const [source] = upstream.sockets;
    // While no one reads, the kernel's buffers fill up, and then nothing moves.
    await untilStill(() => (source?.bytesWritten ?? 0) - (source?.writableLength ?? 0));
    expect(source?.writableLength).toBeGreaterThan(0);

    const received = createHash("sha256");
    client.on("data", (chunk) => received.update(chunk));
    await once(client, "end", { signal: AbortSignal.timeout(WAIT.timeout) });

    expect(received.digest("hex")).toBe(await sent);
  });

  it("resets a client whose dial fails, and says why in one line", async () => {
    await using forwarded = await forward([]);
    using client = await connectTo(forwarded.where);

    expect(await ended(client)).toBe("ECONNRESET");
    await vi.waitUntil(() => forwarded.command.stderr() !== "", WAIT);

    expect(forwarded.command.stderr()).toMatch(
      new RegExp(`^ERR_SRV_NO_RECORDS: ${NAME} has no SRV records: the DNS server [^\\n]+\\n$`),
    );
  });

  it("ends the dial of a client that has gone, and says nothing", async () => {
    await using forwarded = await forward([]);
    const { dns, command, where } = forwarded;
    dns.fault("drop");
    using client = await connectTo(where);
    await vi.waitUntil(() => dns.queries.length > 0, WAIT);

    client.resetAndDestroy();
    command.signal("SIGTERM");

    expect(await command.outcome).toMatchObject({ code: 0, stderr: "" });
  });

  it("speaks TLS to the service when told to", async () => {
    await using redis = await startRedis({ tls: TLS_FILES });
    const env = { NODE_EXTRA_CA_CERTS: TLS_FILES.cert };
    await using right = await forward([redis.port], { options: ["--tls"], env });
    const options = ["--tls", "--servername", "wrong.example"];
    await using wrong = await forward([redis.port], { options, env });
    using client = await connectTo(right.where);
    expect(await exchange(client, PING, PONG.length)).toBe(PONG);

    using mistaken = await connectTo(wrong.where);
    expect(await ended(mistaken)).toBe("ECONNRESET");
    await vi.waitUntil(() => wrong.command.stderr() !== "", WAIT);
    expect(wrong.command.stderr()).toMatch(/^ERR_SRV_CONNECT: .*wrong\.example/);
  });

  it("passes half-closes on through TLS as well", async () => {
    await using server = await startTlsUpstream((socket) => {
      void readAll(socket).then((text) => socket.end(`got ${text}`));
    });
    const env = { NODE_EXTRA_CA_CERTS: TLS_FILES.cert };
    await using forwarded = await forward([server.port], { options: ["--tls"], env });
    using client = await connectTo(forwarded.where);

    client.end("the whole request");

    expect(await readAll(client)).toBe("got the whole request");
  });

  it("passes by a target that is no Redis, when told to", async () => {
    await using echo = await startEcho();
    await using redis = await startRedis();
    await using forwarded = await forward([echo.port, redis.port], { options: ["--redis"] });
    using client = await connectTo(forwarded.where);

    expect(await exchange(client, PING, PONG.length)).toBe(PONG);
  });
});

describe.each(["SIGTERM", "SIGINT"] as const)("srv-dialer forward upon %s", (signal) => {
  it("takes no new connection and ends when the open ones have", async () => {
    await using upstream = await startEcho();
    await using forwarded = await forward([upstream.port]);
    const { command, where } = forwarded;
    using client = await connectTo(where);
    expect(await exchange(client, "before")).toBe("before");

    command.signal(signal);
    await untilClosed(where);

    expect(await exchange(client, "after")).toBe("after");
    client.end();
    expect(await readAll(client)).toBe("");
    expect(await command.outcome).toMatchObject({ code: 0, stderr: "" });
  });

  it("ends open connections when the time to drain is over", async () => {
    await using upstream = await startEcho();
    await using forwarded = await forward([upstream.port], { options: ["--drain", "50"] });
    const { command, where } = forwarded;
    using client = await connectTo(where);
    expect(await exchange(client, "before")).toBe("before");
    const end = ended(client);

    command.signal(signal);

    expect(await end).toBe("ECONNRESET");
    const outcome = { code: 0, stderr: "Ended 1 open connection\n" };
    expect(await command.outcome).toMatchObject(outcome);
  });

  it("ends at once upon a second signal", async () => {
    await using upstream = await startEcho();
    await using forwarded = await forward([upstream.port], { options: ["--drain", "600000"] });
    const { command, where } = forwarded;
    using client = await connectTo(where);
    expect(await exchange(client, "before")).toBe("before");
    const end = ended(client);

    command.signal(signal);
    await untilClosed(where);
    command.signal(signal);

    expect(await end).toBe("ECONNRESET");
    expect((await command.outcome).code).toBe(signal === "SIGTERM" ? 143 : 130);
  });

  it("ends at once when no one is connected", async () => {
    await using forwarded = await forward([]);

    forwarded.command.signal(signal);

    expect(await forwarded.command.outcome).toMatchObject({ code: 0, stderr: "" });
  });
});

describe("srv-dialer forward --listen unix:PATH", () => {
  it("listens on a socket, and removes it at its end", async () => {
    await using upstream = await startEcho();
    const path = join(folder, "plain");
    await using forwarded = await forward([upstream.port], { listen: `unix:${path}` });
    using client = await connectTo(forwarded.where);

    expect(await exchange(client, "hello")).toBe("hello");
    client.destroy();
    forwarded.command.signal("SIGTERM");
    await forwarded.command.outcome;

    expect(existsSync(path)).toBe(false);
  });

  it("gives it the permissions it is told to", async () => {
    const path = join(folder, "mode");
    await using forwarded = await forward([], {
      listen: `unix:${path}`,
      options: ["--mode", "666"],
    });

    expect(forwarded.where).toBe(`unix:${path}`);
    await vi.waitUntil(() => (statSync(path).mode & 0o777) === 0o666, WAIT);
  });

  it("replaces the socket of a process that has died", async () => {
    await using upstream = await startEcho();
    const listen = `unix:${join(folder, "stale")}`;
    await using dead = await forward([upstream.port], { listen });
    dead.command.signal("SIGKILL");
    await dead.command.outcome;

    await using forwarded = await forward([upstream.port], { listen });
    using client = await connectTo(forwarded.where);

    expect(await exchange(client, "hello")).toBe("hello");
  });

  it("leaves the socket of a process that lives alone", async () => {
    await using upstream = await startEcho();
    const listen = `unix:${join(folder, "alive")}`;
    await using forwarded = await forward([upstream.port], { listen });

    const { code, stderr } = await cli.run(["forward", NAME, "--listen", listen]);

    expect(code).toBe(1);
    expect(stderr).toContain(`Cannot listen on ${listen}: another process listens there`);
    using client = await connectTo(forwarded.where);
    expect(await exchange(client, "hello")).toBe("hello");
  });

  it("leaves a file that is no socket alone", async () => {
    const path = join(folder, "file");
    writeFileSync(path, "precious");

    const { code, stderr } = await cli.run(["forward", NAME, "--listen", `unix:${path}`]);

    expect(code).toBe(1);
    expect(stderr).toContain("a file is there that is not a socket");
    expect(readFileSync(path, "utf8")).toBe("precious");
  });
});

describe("srv-dialer forward --listen HOST:PORT", () => {
  it.each(["localhost:0", "127.1.2.3:0"])("listens on %s", async (listen) => {
    await using forwarded = await forward([], { listen });
    using client = await connectTo(forwarded.where);

    expect(client.remotePort).toBeGreaterThan(0);
  });

  it("listens for others when it is told to", async () => {
    const options = ["--allow-remote"];
    await using forwarded = await forward([], { listen: "0.0.0.0:0", options });

    expect(forwarded.where).toMatch(/^0\.0\.0\.0:\d+$/);
  });

  it("exits 1 when the port is taken, and names it", async () => {
    await using upstream = await startEcho();
    const listen = `127.0.0.1:${upstream.port}`;

    const { code, stderr } = await cli.run(["forward", NAME, "--listen", listen]);

    expect(code).toBe(1);
    expect(stderr).toContain(`Cannot listen on ${listen}: listen EADDRINUSE`);
  });

  it.each([
    [["--listen", "0.0.0.0:6379"], "other machines can reach this address"],
    [[], "--listen is needed; allowed: HOST:PORT, [IPV6]:PORT or unix:PATH"],
    [["--listen", ANY_PORT, "--mode", "666"], "--mode is only for a Unix socket"],
    [["--listen", ANY_PORT, "--drain", "soon"], "Invalid --drain; allowed: milliseconds from 0"],
    [["--listen", ANY_PORT, "--servername", "x"], "--servername needs --tls"],
    [
      ["--listen", ANY_PORT, "--tls", "--servername", "a b"],
      "Invalid --servername; allowed: a host name or an IP address",
    ],
  ])("exits 2 upon %j", async (options, message) => {
    const { code, stdout, stderr } = await cli.run(["forward", NAME, ...options]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
  });
});

/** Sends 50 MB as fast as they are taken, then ends; their SHA-256. */
async function push(socket: Socket): Promise<string> {
  const hash = createHash("sha256");
  for (let megabyte = 0; megabyte < 50; megabyte++) {
    const chunk = Buffer.alloc(2 ** 20, `${megabyte} bottles of beer `);
    hash.update(chunk);
    if (!socket.write(chunk)) {
      await once(socket, "drain", { signal: AbortSignal.timeout(WAIT.timeout) });
    }
  }
  socket.end();
  return hash.digest("hex");
}

/** Resolves when a number has stayed the same for a while. */
async function untilStill(read: () => number): Promise<void> {
  let last = -1;
  let times = 0;
  await vi.waitUntil(
    () => {
      const now = read();
      times = now === last ? times + 1 : 0;
      last = now;
      return times === 10;
    },
    { timeout: WAIT.timeout, interval: 20 },
  );
}
