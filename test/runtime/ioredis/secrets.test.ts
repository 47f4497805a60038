import { once } from "node:events";
import { inspect } from "node:util";

import type { Redis } from "ioredis";
import { describe, expect, it, vi } from "vitest";

import { dnsResolver } from "../../../runtime/src/dns/resolver.ts";
import { createRedis } from "../../../runtime/src/ioredis.ts";
import { startRedis } from "../../../harness/ecs/programs/start-redis.ts";
import { NAME, dnsTo } from "../support/dialing.ts";
import { clientOf, until } from "../support/redis-clients.ts";

const PASSWORD = "s3cret-p4ss";
const DEEP = { depth: 20, showHidden: true };

async function reconnect(redis: Redis): Promise<void> {
  redis.disconnect(true);
  await once(redis, "ready");
}

describe("a password that Redis refuses", () => {
  it.each([
    ["with a user", "user:"],
    ["alone", ":"],
  ])("is in no error, %s", async (_how, user) => {
    await using server = await startRedis({ args: ["--requirepass", "another"] });
    await using dns = await dnsTo(server.port);
    const resolver = dnsResolver({ servers: [dns.address] });
    const url = `redis+srv://${user}${PASSWORD}@${NAME}`;
    using client = clientOf(createRedis(url, {}, { resolver }));
    const refused = client.redis.get("key").catch((error: unknown) => error);
    await until(() => client.errors.some(({ message }) => message.startsWith("WRONGPASS")));

    const shown = inspect([client.errors, await refused], DEEP);
    expect(shown).toContain("[hidden]");
    expect(shown).not.toContain(PASSWORD);
    expect(JSON.stringify(client.errors)).not.toContain(PASSWORD);
  });

  it("is not in the error of a custom command", async () => {
    await using server = await startRedis();
    using client = clientOf(createRedis(`redis://127.0.0.1:${server.port}`));
    const error = await client.redis.auth(PASSWORD).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ command: { name: "auth", args: ["[hidden]"] } });
    const unknown = client.redis.config("SET", "no-such-pass", PASSWORD);
    const setting = await unknown.catch((reason: unknown) => reason);
    expect(setting).toMatchObject({ command: { name: "config", args: Array(3).fill("[hidden]") } });
    const harmless = client.redis.config("SET", "no-such-setting", "value");
    const plain = await harmless.catch((reason: unknown) => reason);
    expect(plain).toMatchObject({ command: { args: ["SET", "no-such-setting", "value"] } });
    const called = await client.redis.call("AUTH", PASSWORD).catch((reason: unknown) => reason);
    expect(called).toMatchObject({ command: { name: "AUTH", args: ["[hidden]"] } });
    const [result] = (await client.redis.pipeline().auth(PASSWORD).exec()) ?? [];
    expect(result?.[0]).toMatchObject({ command: { name: "auth", args: ["[hidden]"] } });
    // Other fields are shown.
    const other = await client.redis.call("get").catch((reason: unknown) => reason);
    expect(other).toMatchObject({ command: { name: "get", args: [] } });
  });
});

describe("the errors that reconnectOnError gets", () => {
  it("do not show a password that Redis refuses", async () => {
    await using server = await startRedis();
    const seen: Error[] = [];
    const reconnectOnError = (error: Error): boolean => {
      seen.push(error);
      expect(inspect(error, DEEP)).not.toContain(PASSWORD);
      expect(JSON.stringify(error)).not.toContain(PASSWORD);
      return false;
    };
    using client = clientOf(createRedis(`redis://127.0.0.1:${server.port}`, { reconnectOnError }));
    await expect(client.redis.auth(PASSWORD)).rejects.toThrow("AUTH");
    expect(seen).toHaveLength(1);
  });
});

describe("a client of createRedis", () => {
  it("shows where it leads and not its password, and so do its options and its duplicates", () => {
    const url = `rediss+srv://user:${PASSWORD}@${NAME}`;
    const redis = createRedis(url, { lazyConnect: true });
    const other = redis.duplicate({ host: "other.dev-ecs" });
    expect(inspect(redis, DEEP)).toBe(`Redis <rediss+srv://${NAME} wait>`);
    expect(inspect(other, DEEP)).toBe("Redis <rediss+srv://other.dev-ecs wait>");
    expect(inspect(other.duplicate(), DEEP)).toBe("Redis <rediss+srv://other.dev-ecs wait>");
    for (const options of [redis.options, other.options]) {
      expect(inspect(options, { depth: 1 })).toContain("password: '[hidden]'");
      expect(inspect(options, { depth: 1 })).not.toContain(PASSWORD);
      expect(options).toMatchObject({ username: "user", password: PASSWORD });
    }
  });

  it("shows no hidden password if none is set", () => {
    const { options } = createRedis(`redis+srv://${NAME}`, { lazyConnect: true });
    expect(inspect(options)).toContain("password: null");
  });

  it("hides secrets in its TLS options, and does not change the caller's", () => {
    const tls = { ca: "authority", key: `key ${PASSWORD}`, passphrase: PASSWORD };
    const { options } = createRedis(`redis+srv://${NAME}`, { tls, lazyConnect: true });
    expect(inspect(options, DEEP)).toContain("authority");
    expect(inspect(options, DEEP)).not.toContain(PASSWORD);
    expect(options.tls).toMatchObject(tls);
    expect(inspect(tls)).toContain(PASSWORD);
  });

  it.each([
    ["redis", ":"],
    ["redis+srv", ":"],
    ["redis+srv", "default:"],
  ])("does not show it while it is connected: %s, user %s", async (scheme, user) => {
    await using server = await startRedis({ args: ["--requirepass", PASSWORD] });
    await using dns = await dnsTo(server.port);
    const resolver = dnsResolver({ servers: [dns.address] });
    const where = scheme === "redis" ? `127.0.0.1:${server.port}` : NAME;
    using client = clientOf(
      createRedis(`${scheme}://${user}${PASSWORD}@${where}`, { lazyConnect: true }, { resolver }),
    );
    const { redis } = client;
    const parts = (): Record<string, unknown> => {
      const { condition } = redis as object as { condition: object };
      return { redis, condition, ...Object.fromEntries(Object.entries(redis)) };
    };
    // Before a connection, with the first, and with the next one, for which ioredis creates a new condition.
    for (const connect of [undefined, () => redis.connect(), () => reconnect(redis)]) {
      await connect?.();
      for (const [name, part] of Object.entries(parts())) {
        expect({ [name]: inspect(part, DEEP) }).not.toEqual({
          [name]: expect.stringContaining(PASSWORD),
        });
      }
      for (const part of [redis, redis.options, parts()["condition"]]) {
        expect(JSON.stringify(part) ?? "").not.toContain(PASSWORD);
      }
    }
    using monitor = clientOf(await redis.monitor());
    expect(inspect([monitor.redis, Object.values(monitor.redis)], DEEP)).not.toContain(PASSWORD);
    expect(inspect([redis.pipeline(), redis.multi()], DEEP)).not.toContain(PASSWORD);
  });

  it("authenticates its duplicates", async () => {
    await using server = await startRedis({ args: ["--requirepass", PASSWORD] });
    const warn = vi.spyOn(console, "error").mockReturnValue();
    using client = clientOf(createRedis(`redis://:${PASSWORD}@127.0.0.1:${server.port}`));
    using other = clientOf(client.redis.duplicate());
    await expect(other.redis.ping()).resolves.toBe("PONG");
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });
});
