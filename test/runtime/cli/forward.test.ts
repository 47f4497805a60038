import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";

import { startRedis } from "../../../harness/ecs/programs/start-redis.ts";
import { TLS_FILES } from "../../support/tls/certificates.ts";
import { forward, lead, NAME, WAIT } from "../support/forwarded.ts";
import { type Installation, install } from "../support/installed.ts";
import { connectTo, ended, exchange, readAll, startEcho } from "../support/sockets.ts";

const PING = "PING\r\n";
const PONG = "+PONG\r\n";

let cli: Installation;

beforeAll(() => {
  cli = install();
});

afterAll(() => {
  cli[Symbol.dispose]();
});

/** Resolves when the port refuses connections. */
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

/** A forward to an echo server, with one open connection. */
async function startServing(...options: readonly string[]) {
  const upstream = await startEcho();
  onTestFinished(() => upstream[Symbol.asyncDispose]());
  const forwarded = await forward(cli, [upstream.port], { options });
  onTestFinished(() => forwarded[Symbol.asyncDispose]());
  const { command, where } = forwarded;
  const client = await connectTo(where);
  onTestFinished(() => void client.destroy());
  expect(await exchange(client, "before")).toBe("before");
  return { command, where, client };
}

describe("srv-dialer forward at SIGTERM", () => {
  it("accepts no new connections, and ends after the open ones", async () => {
    const { command, where, client } = await startServing();
    command.signal("SIGTERM");
    await untilClosed(where);

    expect(await exchange(client, "after")).toBe("after");
    client.end();
    expect(await readAll(client)).toBe("");
    expect(await command.outcome).toMatchObject({ code: 0, stderr: "" });
  });

  it("ends open connections after the drain time", async () => {
    const { command, client } = await startServing("--drain", "50");
    const end = ended(client);
    command.signal("SIGTERM");

    expect(await end).toBe("ECONNRESET");
    const outcome = { code: 0, stderr: "Ended open connections: 1\n" };
    expect(await command.outcome).toMatchObject(outcome);
  });

  it.each([
    ["SIGTERM", 143],
    ["SIGINT", 130],
  ] as const)("ends immediately at a second signal, such as %s", async (signal, code) => {
    const { command, where, client } = await startServing("--drain", "600000");
    const end = ended(client);
    command.signal(signal);
    await untilClosed(where);
    command.signal(signal);

    expect(await end).toBe("ECONNRESET");
    expect((await command.outcome).code).toBe(code);
  });
});
