import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { freePort } from "../../../harness/ecs/programs/free-port.ts";
import { type Redis, startRedis } from "../../../harness/ecs/programs/start-redis.ts";
import { TLS_FILES } from "../../../harness/ecs/programs/tls/certificates.ts";
import { NAME, dnsTo } from "../support/dialing.ts";
import { type Installation, install } from "../support/installed.ts";
import { runHere } from "../support/run-here.ts";
import { type Upstream, startUpstream } from "../support/sockets.ts";

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

    const { code, stdout, stderr } = await cli.run([
      "ping",
      `redis+srv://${NAME}/3`,
      "--server",
      dns.address,
    ]);

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
    ["of the URL", "redis+srv://:sésame%2F%40@", {}],
    ["of REDISCLI_AUTH", "redis+srv://", { REDISCLI_AUTH: "sésame/@" }],
    ["of REDIS_PASSWORD", "redis+srv://", { REDIS_PASSWORD: "sésame/@" }],
    [
      "of REDIS_PASSWORD with an empty REDISCLI_AUTH",
      "redis+srv://",
      { REDISCLI_AUTH: "", REDIS_PASSWORD: "sésame/@" },
    ],
    ["of the URL rather than another's", "redis+srv://:sésame%2F%40@", { REDISCLI_AUTH: "wrong" }],
    ["of a user", "redis+srv://app:open@", { REDISCLI_AUTH: "wrong" }],
    ["of a user in the variable", "redis+srv://app@", { REDIS_PASSWORD: "open" }],
  ])("uses the one %s", async (_, start, env) => {
    await using dns = await dnsTo(redis.port);

    const outcome = await runHere(["ping", `${start}${NAME}`, "--server", dns.address], env);

    expect(outcome).toMatchObject({ code: 0, stderr: "" });
    expect(outcome.stdout).not.toMatch(/sésame|open/);
  });

  it("exits 1 if it is wrong, and does not print it", async () => {
    const url = `redis://:WRONGSECRET@127.0.0.1:${redis.port}`;
    const { code, stdout, stderr } = await runHere(["ping", url]);

    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toBe(
      `srv-dialer ping: 127.0.0.1:${redis.port} is not ready: it refuses the password: WRONGPASS\n`,
    );
  });

  it("exits 1 if it is missing, and names the variable", async () => {
    const { code, stderr } = await runHere(["ping", `redis://127.0.0.1:${redis.port}`]);

    expect(code).toBe(1);
    expect(stderr).toBe(
      `srv-dialer ping: 127.0.0.1:${redis.port} is not ready: it needs a password (NOAUTH); ` +
        "set REDIS_PASSWORD or REDISCLI_AUTH, or write it in the URL\n",
    );
  });

  it("is ready if it is not needed, and says so", async () => {
    await using open = await startRedis();

    const url = `redis://127.0.0.1:${open.port}`;
    const { code, stderr } = await runHere(["ping", url], { REDIS_PASSWORD: "sesame" });

    expect(code).toBe(0);
    expect(stderr).toBe("A password was given, and this Redis has none.\n");
  });

  it("never sends it to what is not Redis", async () => {
    await using echo = await startEcho();

    const url = `redis://:SECRET@127.0.0.1:${echo.port}`;
    const { code, stderr } = await runHere(["ping", url]);

    expect(code).toBe(1);
    expect(stderr).toMatch(/answers PING with .*, which is not Redis/);
    expect(echo.received()).toBe("*1\r\n$4\r\nPING\r\n");
  });

  it("does not print it if the server echoes it", async () => {
    await using echo = await startEcho((bytes) => (bytes.includes("PING") ? "+PONG\r\n" : bytes));

    const url = `redis://:SECRET@127.0.0.1:${echo.port}`;
    const { code, stdout, stderr } = await runHere(["ping", url]);

    expect(echo.received()).toContain("SECRET");
    expect(code).toBe(1);
    expect(stdout + stderr).not.toContain("SECRET");
    expect(stderr).toContain("is not ready: no valid answer to AUTH");
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
    await using echo = await startEcho(() => "HTTP/1.1 400 Bad Request\r\n\r\n");
    const closed = await freePort();
    await using dns = await dnsTo(closed, echo.port);
    // The default timeout is short for a busy machine.
    const ping = (url: string) =>
      runHere(["ping", url, "--server", dns.address, "--timeout", "30000"]);

    const both = await ping(`redis+srv://${NAME}`);
    const direct = await ping(`redis://127.0.0.1:${closed}`);
    const none = await ping("redis+srv://other.dev-ecs");

    expect([both.code, direct.code, none.code]).toEqual([1, 1, 1]);
    expect(both.stderr).toMatch(/ERR_SRV_CONNECT: .*ECONNREFUSED.*which is not Redis/);
    expect(direct.stderr).toMatch(/ERR_SRV_CONNECT: .*ECONNREFUSED/);
    expect(none.stderr).toContain("ERR_SRV_NO_RECORDS: other.dev-ecs has no SRV records");
  });
});

describe("srv-dialer ping of a malicious server", () => {
  const HOSTILE = "\x1b[2J\x9b31m\x7f\x07 PONG\nready";
  const ESCAPED = String.raw`\027[2J\15531m\127\007 PONG\010ready`;

  it("escapes its own errors", async () => {
    await using server = await startServer(Buffer.from(`-ERR ${HOSTILE}\r\n`, "latin1"));

    const { code, stdout, stderr } = await runHere(["ping", `redis://127.0.0.1:${server.port}`]);

    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toBe(`srv-dialer ping: 127.0.0.1:${server.port} is not ready: ERR ${ESCAPED}\n`);
  });
});

it.each([
  [["ping"], "give one URL and nothing else"],
  [["ping", NAME], "Invalid Redis URL: a URL without a scheme"],
  [["ping", "http://a.b"], "Invalid Redis URL: the scheme http://"],
  [["ping", `redis+srv://:secret@${NAME}:6379`], "Invalid Redis URL: a port"],
  [["ping", "redis://a.b", "--timeout", "-1"], "--timeout"],
])("srv-dialer ping exits 2 for %j", async (args, message) => {
  const { code, stdout, stderr } = await runHere(args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain(message);
  expect(stderr).not.toContain("secret");
});

/** A server that always sends the same bytes. */
function startServer(reply: Buffer): Promise<Upstream> {
  return startUpstream((socket) => {
    socket.on("data", () => socket.write(reply));
  });
}

interface Echo extends AsyncDisposable {
  readonly port: number;
  readonly received: () => string;
}

/** A server that is not Redis: it echoes its input, or parts of it. */
async function startEcho(answer: (bytes: string) => string = (bytes) => bytes): Promise<Echo> {
  let received = "";
  const server = await startUpstream((socket) => {
    socket.on("data", (chunk) => {
      received += String(chunk);
      socket.write(answer(String(chunk)));
    });
  });
  return { ...server, received: () => received };
}
