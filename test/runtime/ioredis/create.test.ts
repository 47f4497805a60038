import { describe, expect, it } from "vitest";

import { freePort } from "../../../harness/ecs/programs/free-port.ts";
import { startRedis } from "../../../harness/ecs/programs/start-redis.ts";
import { createRedis } from "../../../runtime/src/ioredis.ts";
import { retryDefaults } from "../../../runtime/src/ioredis/create.ts";
import { VirtualClock } from "../../../studies/simulate/virtual-clock.ts";
import { NAME, dnsTo, leadTo, startListener } from "../support/dialing.ts";
import { DEADLINE, clientOf, resolverTo, until } from "../support/redis-clients.ts";

const URL = `redis+srv://${NAME}`;
const MINUTE = 60_000;

/** The options of a client, on a virtual clock. */
function client(clock: VirtualClock, own: { maxRetriesPerRequest?: number | null } = {}) {
  const { retryStrategy = () => 0, maxRetriesPerRequest = null } = retryDefaults({}, {}, clock);
  return { retryStrategy, maxRetriesPerRequest, ...own };
}

/** Tells the options of a failed dial, as ioredis does. @returns the pause, and whether waiting commands fail */
async function fail(options: ReturnType<typeof client>, failures: number) {
  const pause = options.retryStrategy(failures);
  const { maxRetriesPerRequest } = options;
  const isOver = maxRetriesPerRequest !== null && failures % (maxRetriesPerRequest + 1) === 0;
  await Promise.resolve();
  return { pause, isOver };
}

describe("a command of createRedis that waits", () => {
  it("has ioredis's own limit if the client has a retryStrategy of its own", () => {
    const given = { retryStrategy: () => 5 };
    expect(retryDefaults(given, {})).toEqual({ maxLoadingRetryTime: 1_000 });
    const redis = createRedis(URL, { ...given, lazyConnect: true });
    expect(redis.options.maxRetriesPerRequest).toBe(20);
    redis.disconnect();
  });

  it("leaves Infinity of the user's own as it is", async () => {
    const clock = new VirtualClock();
    const options = client(clock, { maxRetriesPerRequest: Infinity });
    await fail(options, 1);
    clock.skip(2 * MINUTE);
    expect((await fail(options, 7)).isOver).toBe(false);
    expect(options.maxRetriesPerRequest).toBe(Infinity);
  });

  it.each([0, 300, 10_000])(
    "fails a minute after the first failed dial, and the next one a minute later: dials of %i ms",
    async (dial) => {
      const clock = new VirtualClock();
      const options = client(clock);
      const failedAt: number[] = [];
      for (let failures = 1; clock.now() < 3 * MINUTE; failures++) {
        const { pause, isOver } = await fail(options, failures);
        expect(options.maxRetriesPerRequest).toBe(Number.MAX_SAFE_INTEGER);
        if (isOver) failedAt.push(clock.now());
        clock.skip(pause + dial);
      }
      const waits = failedAt.map((time, index) => time - (failedAt[index - 1] ?? 0));
      expect(waits.length).toBeGreaterThan(1);
      for (const wait of waits) {
        expect(wait).toBeGreaterThanOrEqual(MINUTE);
        expect(wait).toBeLessThanOrEqual(MINUTE + dial + 1_000);
      }
    },
  );

  it("waits a minute again once Redis was there in between, and for each client by itself", async () => {
    const clock = new VirtualClock();
    const [options, duplicate] = [client(clock), client(clock)];
    await fail(options, 1);
    clock.skip(MINUTE - 1);
    expect(await fail(options, 2)).toMatchObject({ isOver: false });
    await fail(duplicate, 1);
    clock.skip(1);
    expect(await fail(duplicate, 2)).toMatchObject({ isOver: false });
    expect(await fail(options, 1)).toMatchObject({ isOver: false });
    expect(await fail(options, 2)).toMatchObject({ isOver: false });
  });

  it.each([null, 3])("is left to the client's own maxRetriesPerRequest %j", async (own) => {
    const clock = new VirtualClock();
    const options = client(clock, { maxRetriesPerRequest: own });
    for (let failures = 1; failures <= 8; failures++) {
      const { isOver } = await fail(options, failures);
      expect([isOver, options.maxRetriesPerRequest]).toEqual([
        own === 3 && failures % 4 === 0,
        own,
      ]);
      clock.skip(MINUTE);
    }
  });

  it("still waits after a server has answered PING and closed 20 times", async () => {
    let closes = 0;
    await using closing = await startListener((socket) => {
      socket.once("data", () => socket.end("+PONG\r\n", () => closes++));
    });
    await using server = await startRedis();
    await using dns = await dnsTo(closing.port);
    const dialer = { resolver: resolverTo(dns), cache: false } as const;
    using waiting = clientOf(createRedis(URL, {}, dialer));
    const outcomes: unknown[] = [];
    const reply = waiting.redis.ping().finally(() => outcomes.push("done"));
    await until(() => closes >= 20);
    expect(outcomes).toEqual([]);
    leadTo(dns, server.port);
    await expect(reply).resolves.toBe("PONG");
  });

  it("fails after the number of retries that the user gave, and never with null in a duplicate", async () => {
    await using dns = await dnsTo(await freePort());
    const options = { connectTimeout: DEADLINE, maxRetriesPerRequest: 1 };
    using first = clientOf(createRedis(URL, options, { resolver: resolverTo(dns) }));
    using duplicate = clientOf(first.redis.duplicate({ maxRetriesPerRequest: null }));
    duplicate.redis.ping().catch(() => {});
    await expect(first.redis.ping()).rejects.toMatchObject({
      name: "MaxRetriesPerRequestError",
      message: expect.stringContaining("(which is 1)"),
    });
    expect(first.errors).toHaveLength(2);
    await until(() => duplicate.errors.length >= 3);
    expect(duplicate.redis.options.maxRetriesPerRequest).toBeNull();
    expect(first.redis.options.maxRetriesPerRequest).toBe(1);
  });
});

describe("the other options that createRedis sets", () => {
  const maxLoadingRetryTime = 1_000;

  it("are short pauses, and a second if a hundred dials in a row have failed at once", () => {
    const options = client(new VirtualClock());
    const pauses = Array.from({ length: 200 }, (_, index) => options.retryStrategy(index + 1));
    expect(new Set(pauses.slice(0, 11))).toEqual(new Set([110]));
    expect(pauses).toEqual(pauses.toSorted((one, other) => one - other));
    expect(new Set(pauses.slice(100))).toEqual(new Set([1_000]));
    expect(retryDefaults({}, {})).toMatchObject({ maxLoadingRetryTime });
  });

  it("leave the pace to ioredis if dials do not wait", () => {
    expect(retryDefaults({}, { wait: false })).toEqual({ maxLoadingRetryTime });
  });

  it("are refused with an invalid connectTimeout", () => {
    expect(() => retryDefaults({ connectTimeout: -1 }, {})).toThrow(/^Invalid connectTimeout/);
  });
});
