import { once } from "node:events";
import { inspect } from "node:util";

import type { Redis } from "ioredis";
import { describe, expect, it, vi } from "vitest";

import { createRedis } from "../../../runtime/src/ioredis.ts";
import { startRedis } from "../../../harness/ecs/programs/start-redis.ts";
import { NAME, dnsTo } from "../support/dialing.ts";
import { clientOf, resolverTo, until } from "../support/redis-clients.ts";

const PASSWORD = "s3cret-p4ss";
const DEEP = { depth: 20, showHidden: true };

async function reconnect(redis: Redis): Promise<void> {
  redis.disconnect(true);
  await once(redis, "ready");
}

const directTo = (server: { port: number }, options = {}) =>
  clientOf(createRedis(`redis://127.0.0.1:${server.port}`, options));

/** The command in the error of a call. */
async function commandOf(call: Promise<unknown>): Promise<unknown> {
  const error: unknown = await call.then(
    () => ({ command: "it did not fail" }),
    (reason: unknown) => reason,
  );
  return (error as { command?: unknown }).command;
}

describe("a password that Redis refuses", () => {
  it.each([
    ["with a user", "user:"],
    ["alone", ":"],
  ])("is in no error, %s", async (_how, user) => {
    await using server = await startRedis({ args: ["--requirepass", "another"] });
    await using dns = await dnsTo(server.port);
    const url = `redis+srv://${user}${PASSWORD}@${NAME}`;
    using client = clientOf(createRedis(url, {}, { resolver: resolverTo(dns) }));
    const refused = client.redis.get("key").catch((error: unknown) => error);
    await until(() => client.errors.some(({ message }) => message.startsWith("WRONGPASS")));
    const shown = inspect([client.errors, await refused], DEEP);
    expect(shown).toContain("[hidden]");
    expect(shown).not.toContain(PASSWORD);
    expect(JSON.stringify(client.errors)).not.toContain(PASSWORD);
  });

  it("is not in the errors that reconnectOnError gets", async () => {
    await using server = await startRedis();
    const seen: Error[] = [];
    const reconnectOnError = (error: Error): boolean => seen.push(error) === 0;
    using client = directTo(server, { reconnectOnError });
    await expect(client.redis.auth(PASSWORD)).rejects.toThrow("AUTH");
    expect(seen).toHaveLength(1);
    expect(inspect(seen, DEEP) + JSON.stringify(seen)).not.toContain(PASSWORD);
  });
});

describe("the error of a command", () => {
  it("shows no argument of those that may have a password, in any case of letters, in pipelines too", async () => {
    await using server = await startRedis();
    using client = directTo(server);
    const commands = [
      ["Auth", PASSWORD],
      ["HELLO", "9", "AUTH", "default", PASSWORD],
      ["migrate", "127.0.0.1", "1", "key", "0", "x", "AUTH", PASSWORD],
      ["acl", "SetUser", "someone", `>${PASSWORD}`, "wrong-rule"],
      ["Config", "set", "no-such-setting", PASSWORD],
    ] as const;
    for (const [name, ...args] of commands) {
      const hidden = { name, args: args.map(() => "[hidden]") };
      expect(await commandOf(client.redis.call(name, ...args))).toEqual(hidden);
      const [result] =
        (await client.redis
          .pipeline()
          .call(name, ...args)
          .exec()) ?? [];
      expect(result?.[0]).toMatchObject({ command: hidden });
    }
    const auth = { name: "auth", args: ["[hidden]"] };
    expect(await commandOf(client.redis.auth(PASSWORD))).toEqual(auth);
  });

  it("shows the arguments of others", async () => {
    await using server = await startRedis();
    using client = directTo(server);
    const { redis } = client;
    expect(await commandOf(redis.call("set", "key"))).toEqual({ name: "set", args: ["key"] });
    expect(await commandOf(redis.call("get"))).toEqual({ name: "get", args: [] });
  });
});

it("large arguments are not converted to text: that blocks, and throws above 512 MiB", async () => {
  await using server = await startRedis();
  using client = directTo(server);
  const { redis } = client;
  const value = Buffer.from("value");
  const toText = vi.spyOn(value, "toString").mockImplementation(() => expect.unreachable());
  await redis.set("a", value);
  await redis.mset("b", value, "c", value);
  await redis.call("SET", "d", value);
  await redis.pipeline().set("e", value).exec();
  await redis.multi().set("f", value).exec();
  expect(toText).not.toHaveBeenCalled();
  expect(await redis.mget("a", "b", "c", "d", "e", "f")).toEqual(Array(6).fill("value"));
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
    ["redis+srv", "default:"],
  ])("does not show it while it is connected: %s, user %s", async (scheme, user) => {
    await using server = await startRedis({ args: ["--requirepass", PASSWORD] });
    await using dns = await dnsTo(server.port);
    const where = scheme === "redis" ? `127.0.0.1:${server.port}` : NAME;
    const url = `${scheme}://${user}${PASSWORD}@${where}`;
    using client = clientOf(createRedis(url, { lazyConnect: true }, { resolver: resolverTo(dns) }));
    const { redis } = client;
    const parts = (): Record<string, unknown> => {
      const { condition } = redis as object as { condition: object };
      return { redis, condition, ...Object.fromEntries(Object.entries(redis)) };
    };
    // Before a connection, with the first, and with the next one, for which ioredis creates a new condition.
    for (const connect of [undefined, () => redis.connect(), () => reconnect(redis)]) {
      await connect?.();
      for (const [name, part] of Object.entries(parts())) {
        const shown = { [name]: inspect(part, DEEP) };
        expect(shown).not.toEqual({ [name]: expect.stringContaining(PASSWORD) });
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
