import { readFileSync } from "node:fs";
import { inspect } from "node:util";

import { Redis } from "ioredis";
import { describe, expect, it } from "vitest";

import { dnsResolver } from "../../../runtime/src/dns/resolver.ts";
import { SrvConnector, createRedis, srvConnector } from "../../../runtime/src/ioredis.ts";
import { freePort } from "../../../harness/ecs/programs/free-port.ts";
import { startRedis } from "../../../harness/ecs/programs/start-redis.ts";
import { TLS_FILES } from "../../../harness/ecs/programs/tls/certificates.ts";
import { NAME, dnsTo, startListener } from "../support/dialing.ts";
import { DEADLINE, clientOf, connectorTo, errorWith, until } from "../support/redis-clients.ts";

const PASSWORD = "s3cret-p4ss";

function invalidArg(message: RegExp) {
  return expect.objectContaining({
    code: "ERR_SRV_INVALID_ARG",
    message: expect.stringMatching(message),
  });
}

/** A Redis that replies to each INFO with the next line, and estimates 10 more seconds of loading. */
async function startAnswering(infos: readonly string[]) {
  const left = [...infos];
  const infoOf = (): string => {
    const text = `${left.shift()}\r\nloading_eta_seconds:10\r\n`;
    return `$${text.length}\r\n${text}\r\n`;
  };
  const replies: Readonly<Record<string, () => string>> = {
    PING: () => "+PONG\r\n",
    INFO: infoOf,
  };
  return startListener((socket) => {
    socket.on("data", (bytes) => {
      const commands = bytes.toString("latin1").matchAll(/\*\d+\r\n\$\d+\r\n(\w+)\r\n/g);
      for (const [, name = ""] of commands) {
        socket.write(replies[name.toUpperCase()]?.() ?? `-ERR unknown command '${name}'\r\n`);
      }
    });
  });
}

describe("SrvConnector", () => {
  it.each<[string, object, RegExp]>([
    ["a path", { host: NAME, path: "/run/redis.sock" }, /^Invalid path: .*leave Connector out/],
    ["sentinels", { host: NAME, sentinels: [{}] }, /^Invalid sentinels: .*leave Connector out/],
    ["no host", {}, /^Invalid host: .*an SRV name such as/],
    ["an IP address", { host: "127.0.0.1" }, /^Invalid host: .*leave Connector out/],
    ["localhost", { host: "localhost" }, /^Invalid host: .*leave Connector out/],
    ["a port in the host", { host: `${NAME}:6379` }, /^Invalid host: .*no port/],
  ])("refuses %s, and says what to use instead", (_what, options, message) => {
    expect(() => new SrvConnector(options)).toThrow(invalidArg(message));
  });

  it("refuses a URL as host without showing its password", () => {
    const host = `redis://:${PASSWORD}@${NAME}`;

    expect(() => new SrvConnector({ host })).toThrow(invalidArg(/use createRedis\(url\)/));
    expect(() => new SrvConnector({ host })).not.toThrow(PASSWORD);
  });

  it("refuses invalid dialer options when it is created", () => {
    expect(() => srvConnector({ timeout: 0 })).toThrow(invalidArg(/^Invalid timeout: got 0/));
    expect(() => srvConnector({ host: NAME } as object)).toThrow(
      invalidArg(/^Unknown option host; allowed: resolver, .*, random$/),
    );
    expect(() => srvConnector({ verify: "no" as never })).toThrow(
      invalidArg(/^Invalid verify: got 'no'; allowed: a boolean, or a function/),
    );
    for (const recheck of [0, 9, true, "5 s"]) {
      const wrong = invalidArg(/^Invalid recheck: got .*; allowed: milliseconds from 10 /);
      expect(() => srvConnector({ recheck: recheck as never })).toThrow(wrong);
    }
  });

  it.each(["noDelay", "keepAlive", "keepAliveInitialDelay"])(
    "refuses %s, which is an option of ioredis",
    (option) => {
      const wrong = new RegExp(`^Invalid ${option}: got 1; .*give it in the options of ioredis$`);
      expect(() => srvConnector({ [option]: 1 })).toThrow(invalidArg(wrong));
      expect(() => srvConnector({ [option]: undefined })).not.toThrow();
    },
  );

  it.each(["redis+srv", "rediss+srv"])("refuses a URL with %s:// given to the client", (scheme) => {
    const create = () =>
      new Redis(`${scheme}://:${PASSWORD}@${NAME}/3`, { Connector: SrvConnector });

    // iovalkey reads the name of such a URL as the host, and the database as a path.
    const isFork = process.env["IOREDIS"] === "iovalkey";
    expect(create).toThrow(
      invalidArg(isFork ? /^Invalid path: / : /^Invalid url: .*use createRedis\(url\)$/),
    );
    expect(create).not.toThrow(PASSWORD);
  });

  it.each([0, null])("also has a deadline with connectTimeout %j", async (connectTimeout) => {
    await using dns = await dnsTo(1);
    dns.fault("drop");
    const Connector = connectorTo(dns, { timeout: 50 });
    const connector = new Connector({ host: NAME, connectTimeout });

    await expect(connector.connect(() => {})).resolves.toMatchObject({ destroyed: true });
    expect(connector.firstError).toMatchObject({
      code: "ERR_SRV_TIMEOUT",
      message: expect.stringContaining("not done within 50 ms"),
    });
  });
});

describe("createRedis", () => {
  it("dials redis+srv:// through SRV records, with user, password and database", async () => {
    await using server = await startRedis({ args: ["--requirepass", PASSWORD] });
    await using dns = await dnsTo(server.port);
    const resolver = dnsResolver({ servers: [dns.address] });
    const url = `redis+srv://default:${PASSWORD}@${NAME}/3`;
    using client = clientOf(createRedis(url, { db: 1 }, { resolver }));

    await client.redis.set("key", "value");
    await expect(client.redis.client("INFO")).resolves.toMatch(/ db=3 .* user=default /);
  });

  it.each([
    ["redis+srv", undefined],
    ["rediss+srv", {}],
    ["redis", undefined],
    ["rediss", {}],
  ])("uses TLS for %s:// according to the scheme", (scheme, tls) => {
    const redis = createRedis(`${scheme}://${NAME}`, { lazyConnect: true });

    expect(redis.options.tls).toEqual(tls);
  });

  it.each([
    ["redis", { ca: "ca" }, { ca: "ca" }],
    ["redis+srv", { ca: "ca" }, { ca: "ca" }],
    ["rediss", false, {}],
    ["rediss+srv", false, {}],
  ])("never turns off TLS for %s:// with tls %j", (scheme, given, tls) => {
    const options = { tls: given as object, lazyConnect: true };

    expect(createRedis(`${scheme}://${NAME}`, options).options.tls).toEqual(tls);
  });

  it("connects to the host of redis://, regardless of path, sentinels or Connector in the options", async () => {
    await using server = await startRedis();
    const elsewhere = {
      host: "nowhere.invalid",
      port: 1,
      path: "/nowhere.sock",
      sentinels: [{ host: "127.0.0.1", port: 1 }],
      name: "mymaster",
      Connector: SrvConnector,
    };
    using client = clientOf(createRedis(`redis://127.0.0.1:${server.port}`, elsewhere));

    await expect(client.redis.ping()).resolves.toBe("PONG");
    expect(client.errors).toEqual([]);
  });

  it.each([
    ["path", { path: "/run/redis.sock" }],
    ["sentinels", { sentinels: [{ host: "127.0.0.1" }] }],
  ])("refuses %s with an SRV name", (option, options) => {
    const wrong = new RegExp(`^Invalid ${option}: .*leave Connector out`);
    expect(() => createRedis(`redis+srv://${NAME}`, options)).toThrow(invalidArg(wrong));
  });

  it("asks whether REDIS_URL is set if there is no URL", () => {
    const { REDIS_URL } = {} as Readonly<Record<string, string>>;
    expect(() => createRedis(REDIS_URL as string)).toThrow(
      invalidArg(/^Invalid Redis URL: it is empty \(is REDIS_URL set\?\)\. Allowed: /),
    );
  });

  it.each([null, "secret", 6379, []])("refuses %j in place of options", (options) => {
    const none = /^Invalid redisOptions: got '\w+'; allowed: the options of the client, an object$/;
    expect(() => createRedis(`redis://${NAME}`, options as object)).toThrow(invalidArg(none));
    const other = /^Invalid options: /;
    expect(() => createRedis(`redis+srv://${NAME}`, {}, options as object)).toThrow(
      invalidArg(other),
    );
  });

  it.each(["redis", "rediss", "redis+srv", "rediss+srv"])(
    "refuses a misspelt option of the dialer with %s://",
    (scheme) => {
      const misspelt = { timeuot: 5 } as object;
      expect(() => createRedis(`${scheme}://${NAME}`, { lazyConnect: true }, misspelt)).toThrow(
        invalidArg(/^Unknown option timeuot .*timeout/),
      );
    },
  );

  it("also uses TLS options of the dialer, but prefers the client's", async () => {
    await using server = await startRedis({ tls: TLS_FILES });
    await using dns = await dnsTo(server.port);
    const resolver = dnsResolver({ servers: [dns.address] });
    const dialerOptions = { resolver, tls: { ca: readFileSync(TLS_FILES.cert) } };
    const url = `rediss+srv://${NAME}`;
    using client = clientOf(createRedis(url, {}, dialerOptions));
    using without = clientOf(createRedis(url, { tls: { ca: undefined } }, dialerOptions));
    const other = { tls: { servername: "other" }, connectTimeout: DEADLINE };
    using wrong = clientOf(createRedis(url, other, dialerOptions));

    await expect(client.redis.ping()).resolves.toBe("PONG");
    await expect(without.redis.ping()).resolves.toBe("PONG");
    const { message } = await errorWith("ERR_SRV_CONNECT", wrong);
    expect(message).toContain("does not match certificate's altnames");
  });

  it("keeps given options: pauses, maxRetriesPerRequest, TLS options", () => {
    const pauses = { retryStrategy: () => 5, maxLoadingRetryTime: 50 };
    const given = { ...pauses, maxRetriesPerRequest: null, tls: { ca: "ca" } };
    const redis = createRedis(`rediss+srv://${NAME}`, { ...given, lazyConnect: true });

    expect(redis.options).toMatchObject(given);
  });

  it("treats undefined as not given", async () => {
    const none = { retryStrategy: undefined, maxRetriesPerRequest: undefined };
    const options = { ...none, maxLoadingRetryTime: undefined, lazyConnect: true };
    const { options: taken } = createRedis(`redis+srv://${NAME}`, options);
    const { options: defaults } = createRedis(`redis+srv://${NAME}`, { lazyConnect: true });

    expect(taken).toEqual(defaults);
  });

  it("asks a loading Redis once a second, regardless of its estimate", async () => {
    await using loading = await startAnswering([
      "loading:1",
      "loading:1",
      "loading:1",
      "loading:0",
    ]);
    await using dns = await dnsTo(loading.port);
    const resolver = dnsResolver({ servers: [dns.address] });
    using client = clientOf(createRedis(`redis+srv://${NAME}`, {}, { resolver }));

    // Three times the estimate is longer than the timeout of this test.
    await expect(client.redis.ping()).resolves.toBe("PONG");
    expect(client.errors).toEqual([]);
  });

  it("never shows the password, either inspected or in an error", async () => {
    await using dns = await dnsTo(await freePort());
    const resolver = dnsResolver({ servers: [dns.address] });
    const url = `redis+srv://user:${PASSWORD}@${NAME}`;
    using client = clientOf(createRedis(url, { connectTimeout: DEADLINE }, { resolver }));
    await until(() => client.errors.length > 0);

    const deep = { depth: 20, showHidden: true };
    expect(inspect(client.redis, deep)).toBe(`Redis <redis+srv://${NAME} ${client.redis.status}>`);
    expect(inspect(client.errors, deep)).not.toContain(PASSWORD);
    for (const wrong of [`${url}:6379`, `${url}?db=1`, url.replace("redis+srv", "http")]) {
      expect(() => createRedis(wrong)).toThrow(invalidArg(/^Invalid Redis URL/));
      expect(() => createRedis(wrong)).not.toThrow(PASSWORD);
    }
  });

  it.each<[string, "nxdomain" | "servfail" | undefined]>([
    ["the records are gone", "nxdomain"],
    ["DNS fails", "servfail"],
    ["the port refuses", undefined],
  ])("asks DNS at most 10 times a second while %s", async (_down, fault) => {
    await using dns = await dnsTo(await freePort());
    if (fault !== undefined) dns.fault(fault);
    const resolver = dnsResolver({ servers: [dns.address] });
    using client = clientOf(createRedis(`redis+srv://${NAME}`, { family: 4 }, { resolver }));
    client.redis.ping().catch(() => {});
    await until(() => dns.queries.length >= 14);

    const times = dns.queries.map(({ time }) => time);
    // The first check also queries the address. Each timer may be a millisecond early.
    for (const [index, time] of times.slice(12).entries()) {
      expect(time - (times[index + 1] ?? 0)).toBeGreaterThan(980);
    }
  });
});
