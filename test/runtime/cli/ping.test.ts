import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { freePort } from "../../../harness/ecs/programs/free-port.ts";
import { type Redis, startRedis } from "../../../harness/ecs/programs/start-redis.ts";
import { TLS_FILES } from "../../support/tls/certificates.ts";
import { NAME, dnsTo } from "../support/dialing.ts";
import { type Installation, install } from "../support/installed.ts";
import { runHere } from "../support/run-here.ts";
import { startUpstream } from "../support/sockets.ts";

const TIMES = String.raw`resolve [\d.]+ ms, connect [\d.]+ ms, ping [\d.]+ ms`;

let cli: Installation;

beforeAll(() => {
  cli = install();
});

afterAll(() => {
  cli[Symbol.dispose]();
});

describe("srv-dialer ping", () => {
  it("prints endpoint and durations of a Redis that is ready", async () => {
    await using redis = await startRedis();
    await using dns = await dnsTo(redis.port);

    const args = ["ping", `redis+srv://${NAME}/3`, "--server", dns.address];
    const { code, stdout, stderr } = await cli.run(args);

    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(
      new RegExp(String.raw`^PONG from a1\.dev-ecs:${redis.port} \(127\.0\.0\.1\): ${TIMES}\n$`),
    );
  });

  it("also accepts a redis:// URL, whose host the system looks up", async () => {
    await using redis = await startRedis();

    const { code, stdout } = await runHere(["ping", `redis://localhost:${redis.port}`]);

    expect(code).toBe(0);
    expect(stdout).toMatch(
      new RegExp(String.raw`^PONG from localhost:\d+ \((127\.0\.0\.1|::1)\): ${TIMES}\n$`),
    );
  });

  it("speaks TLS, and checks the certificate's name", async () => {
    await using redis = await startRedis({ tls: TLS_FILES });
    await using dns = await dnsTo(redis.port);
    dns.setSrv("wrong.example", { host: "a1.dev-ecs", port: redis.port });
    const ping = (url: string, env?: Record<string, string>) =>
      cli.run(["ping", url, "--server", dns.address], env);
    const trust = { NODE_EXTRA_CA_CERTS: TLS_FILES.cert };

    const [known, direct, wrongName, unknown] = await Promise.all([
      ping(`rediss+srv://${NAME}`, trust),
      ping(`rediss://localhost:${redis.port}`, trust),
      ping("rediss+srv://wrong.example", trust),
      ping(`rediss+srv://${NAME}`),
    ]);

    expect(known).toMatchObject({ code: 0, stderr: "" });
    expect(direct).toMatchObject({ code: 0, stderr: "" });
    expect(wrongName.code).toBe(1);
    expect(wrongName.stderr).toMatch(/ERR_SRV_CONNECT: .*wrong\.example/);
    expect(unknown.code).toBe(1);
    expect(unknown.stderr).toMatch(/ERR_SRV_CONNECT: .*self-signed certificate/);
  });
});

describe("srv-dialer ping with a password", () => {
  let redis: Redis;

  beforeAll(async () => {
    const user = ["--user", "app", "on", ">open", "+@all"];
    redis = await startRedis({ args: ["--requirepass", "sésame/@", ...user] });
  });

  afterAll(() => redis[Symbol.asyncDispose]());

  it.each([
    ["of the URL first", "redis+srv://:sésame%2F%40@", { REDISCLI_AUTH: "wrong" }],
    ["of REDISCLI_AUTH", "redis+srv://", { REDISCLI_AUTH: "sésame/@" }],
    [
      "of REDIS_PASSWORD with an empty REDISCLI_AUTH",
      "redis+srv://",
      { REDISCLI_AUTH: "", REDIS_PASSWORD: "sésame/@" },
    ],
    ["of a user", "redis+srv://app:open@", { REDISCLI_AUTH: "wrong" }],
    ["of a user in the variable", "redis+srv://app@", { REDIS_PASSWORD: "open" }],
  ])("uses the one %s", async (_, start, env) => {
    await using dns = await dnsTo(redis.port);

    const outcome = await runHere(["ping", `${start}${NAME}`, "--server", dns.address], env);

    expect(outcome).toMatchObject({ code: 0, stderr: "" });
    expect(outcome.stdout).not.toMatch(/sésame|open/);
  });

  it.each([
    ["wrong", ":WRONGSECRET@", "it refuses the password: WRONGPASS"],
    [
      "missing",
      "",
      "it needs a password (NOAUTH); set REDIS_PASSWORD or REDISCLI_AUTH, or write it in the URL",
    ],
  ])("exits 1 if it is %s, and does not print it", async (_what, login, reason) => {
    const outcome = await runHere(["ping", `redis://${login}127.0.0.1:${redis.port}`]);
    const stderr = `srv-dialer ping: 127.0.0.1:${redis.port} is not ready: ${reason}\n`;
    expect(outcome).toEqual({ code: 1, stdout: "", stderr });
  });

  it("is ready if it is not needed", async () => {
    await using open = await startRedis();
    const url = `redis://127.0.0.1:${open.port}`;
    const outcome = await runHere(["ping", url], { REDIS_PASSWORD: "sesame" });
    expect(outcome).toMatchObject({ code: 0, stderr: "" });
  });
});

describe("srv-dialer ping exits 1", () => {
  it("when Redis is frozen, after the timeout", async () => {
    await using redis = await startRedis();
    await using dns = await dnsTo(redis.port);
    redis.signal("SIGSTOP");

    const outcomes = await Promise.all(
      [`redis+srv://${NAME}`, `redis://127.0.0.1:${redis.port}`].map((url) =>
        cli.run(["ping", url, "--timeout", "300", "--server", dns.address]),
      ),
    );

    for (const { code, stderr } of outcomes) {
      expect(code).toBe(1);
      expect(stderr).toContain("ERR_SRV_TIMEOUT");
    }
  });

  it("when a port refuses, is not Redis, or has no records", async () => {
    await using web = await startServer("HTTP/1.1 400 Bad Request\r\n\r\n");
    const closed = await freePort();
    await using dns = await dnsTo(closed, web.port);
    // The default timeout is short for a busy machine.
    const options = ["--server", dns.address, "--timeout", "30000"];

    const both = await runHere(["ping", `redis+srv://${NAME}`, ...options]);
    const none = await runHere(["ping", "redis+srv://other.dev-ecs", ...options]);

    expect([both.code, none.code]).toEqual([1, 1]);
    expect(both.stderr).toMatch(/ERR_SRV_CONNECT: .*ECONNREFUSED.*which is not Redis/);
    expect(none.stderr).toContain("ERR_SRV_NO_RECORDS: other.dev-ecs has no SRV records");
  });

  it("when the reply is an error, which cannot control the terminal", async () => {
    await using server = await startServer("-ERR \u001b[2J\u0007 PONG\nready\r\n");
    const { code, stderr } = await runHere(["ping", `redis://127.0.0.1:${server.port}`]);
    expect(code).toBe(1);
    expect(stderr).toBe(
      `srv-dialer ping: 127.0.0.1:${server.port} is not ready: ERR ${String.raw`\027[2J\007 PONG\010ready`}\n`,
    );
  });
});

/** A server that replies the same to everything. */
const startServer = (reply: string) =>
  startUpstream((socket) => socket.on("data", () => socket.write(reply)));
