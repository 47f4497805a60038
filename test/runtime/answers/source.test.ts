import { describe, expect, it, vi } from "vitest";
import type { Source } from "../../../runtime/src/answers/source.ts";
import { SrvDialError } from "../../../runtime/src/base/errors.ts";
import { Lifetime } from "../../../runtime/src/base/lifetime.ts";
import type { SrvResolver, SrvTarget } from "../../../runtime/src/base/types.ts";
import { type Message, listenTo } from "../support/channels.ts";
import {
  CACHE,
  NAME,
  NO_CACHE,
  answerWith,
  resolverInTurn,
  sourceOf,
  target,
} from "../support/sources.ts";

const HOST = "redis-1.dev-ecs";
const V4 = "10.0.0.1";
const DOWN = new Error("down");

type Lookup = NonNullable<SrvResolver["lookup"]>;

const forever = new Lifetime();
const silentLookup: Lookup = () => new Promise(() => {});
const at = (more: Partial<SrvTarget> = {}): SrvTarget => target(6379, { host: HOST, ...more });

/** The cached targets. */
function knownTo({ records }: Source): readonly SrvTarget[] | undefined {
  return records.kept()?.value.targets;
}

/** The targets in the first message of a channel. */
function targetsOf([message]: readonly Message[]): readonly SrvTarget[] {
  return (message?.["targets"] ?? []) as SrvTarget[];
}

describe("a source", () => {
  it("asks its resolver, and calls onAsk and onAnswer", async () => {
    const order: string[] = [];
    const resolve = vi.fn<SrvResolver["resolve"]>(() => {
      order.push("resolve");
      return Promise.resolve(answerWith([at()]));
    });
    const { source, onAsk, onAnswer, onStale } = sourceOf({ resolve }, { family: 4 });
    onAsk.mockImplementation(() => order.push("ask"));
    onAnswer.mockImplementation(() => order.push(`answer: ${knownTo(source)?.length} kept`));
    const { value } = await source.records.read(forever);
    expect(value).toEqual({ targets: [at()], isUnavailable: false, ttl: 10, isPartial: false });
    expect(order).toEqual(["ask", "resolve", "answer: 1 kept"]);
    expect(onStale).not.toHaveBeenCalled();
    expect(resolve).toHaveBeenCalledExactlyOnceWith(NAME, expect.objectContaining({ unref: true }));
    source.close(DOWN);
  });

  it("keeps copies, so that a resolver may modify its own", async () => {
    const given = at({ addresses: [V4] });
    const targets = [given];
    const { source } = sourceOf({ resolve: resolverInTurn(answerWith(targets)) });
    await source.records.read(forever);
    (given.addresses as string[]).push("10.0.0.9");
    Object.assign(given, { port: 1 });
    targets.pop();
    expect(knownTo(source)).toEqual([at({ addresses: [V4] })]);
    source.close(DOWN);
  });

  it("knows expired targets only while its resolver does not answer", async () => {
    const { source, clock } = sourceOf({ resolve: resolverInTurn(answerWith([at()]), DOWN) });
    await source.records.read(forever);
    // The refresh of the targets after 9 s fails.
    await clock.advance(10_000);
    expect(knownTo(source)).toEqual([at()]);
    await clock.advance(6_000);
    expect(knownTo(source)).toBeUndefined();
    source.close(DOWN);
  });

  it.each([
    ["the TTL", answerWith([at()], { ttl: 10 }), 10_000],
    ["at least a second", answerWith([at()], { ttl: 0 }), 1_000],
    ["at most a minute", answerWith([at()], { ttl: 3_600 }), 60_000],
    ["a second when there is nothing", answerWith([], { ttl: 60 }), 1_000],
  ])("should be refreshed after %s, even without a cache", async (_what, answer, ms) => {
    const { source, clock } = sourceOf({ resolve: resolverInTurn(answer) }, { cache: NO_CACHE });
    expect(source.expiresIn).toBe(0);
    await source.records.read(forever);
    expect(source.expiresIn).toBe(ms);
    clock.skip(ms - 1);
    expect(source.expiresIn).toBe(1);
    clock.skip(2);
    expect(source.expiresIn).toBe(0);
  });

  it("caches the answer `.` no longer than an answer without records", async () => {
    const root = target(0, { host: "." });
    const { source } = sourceOf({ resolve: resolverInTurn(answerWith([root, root])) });
    await source.records.read(forever);
    expect(source.expiresIn).toBe(CACHE.negativeTtl);
    const beside = sourceOf({ resolve: resolverInTurn(answerWith([root, at()])) });
    await beside.source.records.read(forever);
    expect(beside.source.expiresIn).toBe(10_000);
    const nameless = sourceOf({ resolve: resolverInTurn(answerWith([target(0, { host: "" })])) });
    await nameless.source.records.read(forever);
    expect(nameless.source.expiresIn).toBe(CACHE.negativeTtl);
    beside.source.close(DOWN);
  });

  it.each([
    ["with the resolver's reason", answerWith([], { ttl: 7, reason: "it is new" }), 7],
    ["for which a resolver rejects", new SrvDialError("ERR_SRV_NO_RECORDS", "it is new"), 0],
  ])("accepts as an answer without records: %s", async (_what, answer, ttl) => {
    const { source, onAnswer } = sourceOf({ resolve: resolverInTurn(answer) });
    const { value } = await source.records.read(forever);
    expect(value).toMatchObject({
      targets: [],
      ttl,
      isPartial: false,
      absence: { code: "ERR_SRV_NO_RECORDS", message: "it is new" },
    });
    expect(onAnswer).toHaveBeenCalledTimes(1);
  });

  it.each<[string, Error]>([
    ["another error of this package", new SrvDialError("ERR_SRV_RESOLVE", "servers failed")],
    ["a code of another's error", Object.assign(new Error("x"), { code: "ERR_SRV_NO_RECORDS" })],
  ])("fails with %s", async (_what, error) => {
    const { source, onAnswer } = sourceOf({ resolve: resolverInTurn(error) });
    await expect(source.records.read(forever)).rejects.toBe(error);
    expect(onAnswer).not.toHaveBeenCalled();
  });

  it("fails if its resolver gives something other than an answer", async () => {
    const { source } = sourceOf({ resolve: resolverInTurn(answerWith([at({ port: -1 })])) });
    await expect(source.records.read(forever)).rejects.toThrow("the resolver gave a wrong port");
  });

  it("reports the use of a stale answer to its channel and its dialer", () => {
    using stale = listenTo("srv-dialer:stale");
    const { source, onStale } = sourceOf({ resolve: resolverInTurn(DOWN) });
    const served = [at({ addresses: [V4] })];
    source.servesStale(served);
    expect([...stale]).toEqual([{ name: NAME, targets: served }]);
    expect(targetsOf(stale)[0]).not.toBe(served[0]);
    expect(onStale).toHaveBeenCalledTimes(1);
  });

  it("cancels pending answers and addresses when it is closed", async () => {
    const silent = sourceOf({ resolve: () => new Promise(() => {}) }).source;
    const reading = silent.records.read(forever);
    silent.close(DOWN);
    await expect(reading).rejects.toBe(DOWN);

    const resolve = resolverInTurn(answerWith([at()]));
    const { source, clock } = sourceOf({ resolve, lookup: silentLookup });
    const { lookups } = source.addressesOf(at(), forever);
    source.close(DOWN);
    const outcomes = await Promise.allSettled(lookups);
    expect(outcomes).toEqual([
      { status: "rejected", reason: DOWN },
      { status: "rejected", reason: DOWN },
    ]);
    clock.expectNoTimers();
  });
});
