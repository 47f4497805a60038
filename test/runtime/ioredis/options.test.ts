import { readFileSync } from "node:fs";

import { Redis } from "ioredis";
import { describe, expect, it } from "vitest";

import { SrvConnector, createRedis, srvConnector } from "../../../runtime/src/ioredis.ts";
import { startRedis } from "../../../harness/ecs/programs/start-redis.ts";
import { TLS_FILES } from "../../support/tls/certificates.ts";
import { NAME, dnsTo } from "../support/dialing.ts";
import { DEADLINE, clientOf, errorWith, resolverTo } from "../support/redis-clients.ts";

const PASSWORD = "s3cret-p4ss";
const URL = `redis+srv://${NAME}`;

function invalidArg(message: RegExp) {
  return expect.objectContaining({
    code: "ERR_SRV_INVALID_ARG",
    message: expect.stringMatching(message),
  });
}

/** iovalkey reads the name of such a URL as the host, and the database as a path. */
const URL_IN_CLIENT =
  process.env["IOREDIS"] === "iovalkey"
    ? /^Invalid path: /
    : /^Invalid url: .*use createRedis\(url\)$/;

const ofClient = (options: object) => () => new SrvConnector(options);
const ofDialer = (options: unknown) => () => srvConnector(options as object);
const create = (url: unknown, options: unknown, dialer?: unknown) => () =>
  createRedis(url as string, options as object, dialer as object);
const withUrl = (scheme: string) => () =>
  new Redis(`${scheme}://:${PASSWORD}@${NAME}/3`, { Connector: SrvConnector });

describe("a wrong option is refused, without a password, and what to use instead", () => {
  it.each<[string, () => unknown, RegExp]>([
    ["a path", ofClient({ host: NAME, path: "/a.sock" }), /^Invalid path: .*leave Connector out/],
    ["sentinels", ofClient({ host: NAME, sentinels: [{}] }), /^Invalid sentinels: .*leave Conn/],
    ["no host", ofClient({}), /^Invalid host: .*an SRV name such as/],
    ["an IP address", ofClient({ host: "127.0.0.1" }), /^Invalid host: .*leave Connector out/],
    ["localhost", ofClient({ host: "localhost" }), /^Invalid host: .*leave Connector out/],
    ["a port in the host", ofClient({ host: `${NAME}:6379` }), /^Invalid host: .*no port/],
    ["a URL", ofClient({ host: `redis://:${PASSWORD}@${NAME}` }), /use createRedis\(url\)/],
    ["a family", ofClient({ host: NAME, family: 5 }), /^Invalid family: got 5; allowed: 4, 6/],
    ["redis+srv in the client", withUrl("redis+srv"), URL_IN_CLIENT],
    ["rediss+srv in the client", withUrl("rediss+srv"), URL_IN_CLIENT],
    ...[-1, Number.NaN, Infinity, "5000"].map((connectTimeout): [string, () => unknown, RegExp] => [
      `connectTimeout ${connectTimeout}`,
      ofClient({ host: NAME, connectTimeout }),
      /^Invalid connectTimeout: got .*; allowed: milliseconds from 0 to 2147483647$/,
    ]),
    ["timeout 0", ofDialer({ timeout: 0 }), /^Invalid timeout: got 0/],
    ["a host", ofDialer({ host: NAME }), /^Unknown option host; allowed: resolver, .*, tls$/],
    ["noDelay, of ioredis", ofDialer({ noDelay: true }), /^Unknown option noDelay; allowed: /],
    ["keepAlive, of ioredis", ofDialer({ keepAlive: 1 }), /^Unknown option keepAlive; allowed: /],
    ["verify", ofDialer({ verify: "no" }), /^Invalid verify: got 'no'; allowed: a boolean, or a f/],
    ["recheck 9", ofDialer({ recheck: 9 }), /^Invalid recheck: got 9; allowed: milliseconds fr/],
    ["no URL", create(undefined, {}), /^Invalid Redis URL: it is empty \(is REDIS_URL set\?\)/],
    ["a path with SRV", create(URL, { path: "/a.sock" }), /^Invalid path: .*leave Connector out/],
    ["sentinels with SRV", create(URL, { sentinels: [{}] }), /^Invalid sentinels: .*leave Conn/],
    ["null for options", create(URL, null), /^Invalid redisOptions: got 'object'; allowed: the o/],
    ["a string for options", create(`redis://${NAME}`, PASSWORD), /^Invalid redisOptions: got 's/],
    ["null for the dialer", create(URL, {}, null), /^Invalid options: got null/],
    ...["redis", "rediss+srv"].map((scheme): [string, () => unknown, RegExp] => [
      `a misspelt option with ${scheme}`,
      create(`${scheme}://${NAME}`, { lazyConnect: true }, { timeuot: 5 }),
      /^Unknown option timeuot; allowed: .*timeout/,
    ]),
    ["a port", create(`redis+srv://:${PASSWORD}@${NAME}:6379`, {}), /^Invalid Redis URL/],
    ["a query string", create(`redis+srv://:${PASSWORD}@${NAME}?db=1`, {}), /^Invalid Redis URL/],
    ["another scheme", create(`http://:${PASSWORD}@${NAME}`, {}), /^Invalid Redis URL/],
  ])("%s", (_what, use, message) => {
    expect(use).toThrow(invalidArg(message));
    expect(use).not.toThrow(PASSWORD);
  });
});

describe("createRedis", () => {
  it("dials redis+srv:// through SRV records, with user, password and database", async () => {
    await using server = await startRedis({ args: ["--requirepass", PASSWORD] });
    await using dns = await dnsTo(server.port);
    const resolver = resolverTo(dns);
    const url = `redis+srv://default:${PASSWORD}@${NAME}/3`;
    using client = clientOf(createRedis(url, { db: 1 }, { resolver }));
    await client.redis.set("key", "value");
    await expect(client.redis.client("INFO")).resolves.toMatch(/ db=3 .* user=default /);
  });

  it.each([
    ["redis", undefined, undefined],
    ["redis+srv", undefined, undefined],
    ["rediss", undefined, {}],
    ["rediss+srv", undefined, {}],
    ["redis", { ca: "ca" }, { ca: "ca" }],
    ["redis+srv", { ca: "ca" }, { ca: "ca" }],
    ["rediss", false, {}],
    ["rediss+srv", false, {}],
  ])("uses TLS as the scheme says, and never without it: %s with tls %j", (scheme, given, tls) => {
    const options = given === undefined ? {} : { tls: given as object };
    const redis = createRedis(`${scheme}://${NAME}`, { ...options, lazyConnect: true });
    expect(redis.options.tls).toEqual(tls);
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

  it("also uses TLS options of the dialer, but prefers the client's", async () => {
    await using server = await startRedis({ tls: TLS_FILES });
    await using dns = await dnsTo(server.port);
    const resolver = resolverTo(dns);
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

  it("keeps given options, and treats undefined as not given", () => {
    const pauses = { retryStrategy: () => 5, maxLoadingRetryTime: 50 };
    const given = { ...pauses, maxRetriesPerRequest: null, tls: { ca: "ca" } };
    const redis = createRedis(`rediss+srv://${NAME}`, { ...given, lazyConnect: true });
    expect(redis.options).toMatchObject(given);
    const none = { maxRetriesPerRequest: undefined, maxLoadingRetryTime: undefined };
    const { options } = createRedis(URL, { ...none, retryStrategy: undefined, lazyConnect: true });
    const defaults = { maxRetriesPerRequest: Number.MAX_SAFE_INTEGER, maxLoadingRetryTime: 1_000 };
    expect(options).toMatchObject({ ...defaults, retryStrategy: expect.any(Function) });
  });
});
