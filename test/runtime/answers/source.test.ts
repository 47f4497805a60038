import dns from "node:dns";
import { describe, expect, it, vi } from "vitest";

import type { Source } from "../../../runtime/src/answers/source.ts";
import { SrvDialError } from "../../../runtime/src/base/errors.ts";
import { Lifetime } from "../../../runtime/src/base/lifetime.ts";
import type { HostAddresses, SrvResolver, SrvTarget } from "../../../runtime/src/base/types.ts";
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
const V6 = "2001:db8::1";
const DOWN = new Error("down");
/** The dialer's own limits of addresses, in ms: see README, "Addresses". */
const LOOKED_UP_AGAIN_AFTER = 5_000;
const ASKED_AGAIN_AFTER = 1_000;

type Lookup = NonNullable<SrvResolver["lookup"]>;

const forever = new Lifetime();
const silentLookup: Lookup = () => new Promise(() => {});
const at = (more: Partial<SrvTarget> = {}): SrvTarget => target(6379, { host: HOST, ...more });

/** A source of one answer, and a lookup that finds these addresses in the family asked for. */
function lookingUp(
  found: Partial<Record<4 | 6, HostAddresses | Error>>,
  answer = answerWith([at()]),
  settings: Parameters<typeof sourceOf>[1] = {},
) {
  const lookup = vi.fn<Lookup>((_host, { family }) => {
    const outcome = found[family as 4 | 6] ?? { addresses: [], ttl: 60 };
    return outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve(outcome);
  });
  const resolve = resolverInTurn(answer);
  return { lookup, resolve, found, ...sourceOf({ resolve, lookup }, settings) };
}

/** What is found of a target's addresses: those that are known, and those of each lookup. */
async function addressesOf(source: Source, isSuspect = false, of = at()) {
  const { known, lookups } = source.addressesOf(of, forever, isSuspect);
  return { known, lookups: await Promise.all(lookups) };
}

/** The targets of the first message of a channel. */
function targetsOf([message]: readonly Message[]): readonly SrvTarget[] {
  return (message?.["targets"] ?? []) as SrvTarget[];
}

const families = ({ mock }: { mock: { calls: Parameters<Lookup>[] } }): unknown[] =>
  mock.calls.map(([, { family }]) => family);

describe("a source", () => {
  it("asks its resolver for the name and the family, and says so before and after", async () => {
    const order: string[] = [];
    const resolve = vi.fn<SrvResolver["resolve"]>(() => {
      order.push("resolve");
      return Promise.resolve(answerWith([at()]));
    });
    const { source, onAsk, onAnswer, onStale } = sourceOf({ resolve }, { family: 4 });
    onAsk.mockImplementation(() => order.push("ask"));
    onAnswer.mockImplementation(() => order.push(`answer: ${source.known()?.length} kept`));
    const { value } = await source.read(forever);
    expect(value).toEqual({ targets: [at()], ttl: 10, isPartial: false });
    expect(order).toEqual(["ask", "resolve", "answer: 1 kept"]);
    expect(onStale).not.toHaveBeenCalled();
    expect(resolve).toHaveBeenCalledExactlyOnceWith(
      NAME,
      expect.objectContaining({ family: 4, unref: true }),
    );
    source.close(DOWN);
  });

  it("ends a question after its timeout", async () => {
    const { source, clock } = sourceOf({ resolve: () => new Promise(() => {}) }, { timeout: 300 });
    const failure = source.read(forever).catch(String);
    await clock.advance(300);
    expect(await failure).toBe("Error: no answer within 300 ms");
  });

  it("keeps copies, which a resolver may change", async () => {
    const given = at({ addresses: [V4] });
    const targets = [given];
    const { source } = sourceOf({ resolve: resolverInTurn(answerWith(targets)) });
    await source.read(forever);
    (given.addresses as string[]).push("10.0.0.9");
    Object.assign(given, { port: 1 });
    targets.pop();
    expect(source.known()).toEqual([at({ addresses: [V4] })]);
    source.close(DOWN);
  });

  it("traces its question as a step, which ends with copies of what was found", async () => {
    const { source } = sourceOf({ resolve: resolverInTurn(answerWith([at()])) });
    using ends = listenTo("tracing:srv-dialer:resolve:asyncEnd");
    await source.read(forever);
    expect([...ends]).toEqual([expect.objectContaining({ name: NAME, targets: [at()], ttl: 10 })]);
    Object.assign(targetsOf(ends)[0] ?? {}, { port: 1 });
    expect(source.known()).toEqual([at()]);
    source.close(DOWN);
  });

  it("knows its targets for as long as they hold", async () => {
    const { source, clock } = sourceOf({ resolve: resolverInTurn(answerWith([at()]), DOWN) });
    expect(source.known()).toBeUndefined();
    expect(source.expiresIn).toBe(0);
    await source.read(forever);
    expect(source.expiresIn).toBe(10_000);
    clock.skip(9_999);
    expect(source.known()).toEqual([at()]);
    clock.skip(1);
    expect(source.known()).toBeUndefined();
    expect(source.expiresIn).toBe(0);
  });

  it("knows expired targets only while its resolver gives no answer", async () => {
    const { source, clock } = sourceOf({ resolve: resolverInTurn(answerWith([at()]), DOWN) });
    expect(source.knownStale()).toBeUndefined();
    await source.read(forever);
    clock.skip(8_000);
    expect(source.knownStale()).toBeUndefined();
    // The targets are asked for again after 9 s, without success.
    await clock.advance(2_000);
    expect(source.knownStale()).toEqual([at()]);
    source.close(DOWN);
    const silent = sourceOf({ resolve: resolverInTurn(DOWN) }).source;
    await silent.read(forever).catch(() => {});
    expect(silent.knownStale()).toBeUndefined();
  });

  it.each([
    ["the TTL", answerWith([at()], { ttl: 10 }), 10_000],
    ["at least a second", answerWith([at()], { ttl: 0 }), 1_000],
    ["at most a minute", answerWith([at()], { ttl: 3_600 }), 60_000],
    ["a second when there is nothing", answerWith([], { ttl: 60 }), 1_000],
  ])("is worth asking again after %s, though nothing is cached", async (_what, answer, ms) => {
    const { source, clock } = sourceOf({ resolve: resolverInTurn(answer) }, { cache: NO_CACHE });
    expect(source.expiresIn).toBe(0);
    await source.read(forever);
    expect(source.expiresIn).toBe(ms);
    clock.skip(ms - 1);
    expect(source.expiresIn).toBe(1);
    clock.skip(2);
    expect(source.expiresIn).toBe(0);
  });

  it("keeps an answer that the service is not available no longer than one of no records", async () => {
    const root = target(0, { host: "." });
    const { source } = sourceOf({ resolve: resolverInTurn(answerWith([root, root])) });
    await source.read(forever);
    expect(source.expiresIn).toBe(CACHE.negativeTtl);
    const beside = sourceOf({ resolve: resolverInTurn(answerWith([root, at()])) });
    await beside.source.read(forever);
    expect(beside.source.expiresIn).toBe(10_000);
    const nameless = sourceOf({ resolve: resolverInTurn(answerWith([target(0, { host: "" })])) });
    await nameless.source.read(forever);
    expect(nameless.source.expiresIn).toBe(CACHE.negativeTtl);
    beside.source.close(DOWN);
  });

  it.each([
    ["with the resolver's reason", answerWith([], { ttl: 7, reason: "it is new" }), 7],
    ["for which a resolver rejects", new SrvDialError("ERR_SRV_NO_RECORDS", "it is new"), 0],
  ])("takes for an answer that there are no records, %s", async (_what, answer, ttl) => {
    const { source, onAnswer } = sourceOf({ resolve: resolverInTurn(answer) });
    const { value } = await source.read(forever);
    expect(value).toMatchObject({
      targets: [],
      ttl,
      isPartial: false,
      absence: { code: "ERR_SRV_NO_RECORDS", message: "it is new" },
    });
    expect(onAnswer).toHaveBeenCalledTimes(1);
  });

  it("says nothing of why there are no records when its resolver does not, or there are some", async () => {
    const none = sourceOf({ resolve: resolverInTurn(answerWith([])) }).source;
    expect((await none.read(forever)).value.absence).toBeUndefined();
    const some = sourceOf({ resolve: resolverInTurn(answerWith([at()], { reason: "x" })) }).source;
    expect((await some.read(forever)).value.absence).toBeUndefined();
    const named = sourceOf({ resolve: resolverInTurn(answerWith([], { reason: "x" })) }).source;
    expect((await named.read(forever)).value.absence?.hostname).toBe(NAME);
    some.close(DOWN);
  });

  it.each<[string, Error]>([
    ["another error of this package", new SrvDialError("ERR_SRV_RESOLVE", "servers failed")],
    ["a code of another's error", Object.assign(new Error("x"), { code: "ERR_SRV_NO_RECORDS" })],
  ])("fails with %s", async (_what, error) => {
    const { source, onAnswer } = sourceOf({ resolve: resolverInTurn(error) });
    await expect(source.read(forever)).rejects.toBe(error);
    expect(onAnswer).not.toHaveBeenCalled();
  });

  it("fails when its resolver gives something else than an answer", async () => {
    const { source } = sourceOf({ resolve: resolverInTurn(answerWith([at({ port: -1 })])) });
    await expect(source.read(forever)).rejects.toThrow("the resolver gave a wrong port");
  });

  it("tells its channels what the resolver gave, in copies", async () => {
    using resolved = listenTo("srv-dialer:resolve");
    const answer = answerWith([at({ addresses: [V4] }), at()]);
    const { source } = sourceOf({ resolve: resolverInTurn(answer) });
    const { value } = await source.read(forever);
    expect([...resolved]).toEqual([{ name: NAME, targets: answer.targets, ttl: 10 }]);
    const [told] = targetsOf(resolved);
    expect(told).not.toBe(value.targets[0]);
    expect(told?.addresses).not.toBe(value.targets[0]?.addresses);
    source.close(DOWN);
  });

  it("tells its channels and its dialer that a stale answer serves", () => {
    using stale = listenTo("srv-dialer:stale");
    const { source, onStale } = sourceOf({ resolve: resolverInTurn(DOWN) });
    const served = [at({ addresses: [V4] })];
    source.servesStale(served);
    expect([...stale]).toEqual([{ name: NAME, targets: served }]);
    expect(targetsOf(stale)[0]).not.toBe(served[0]);
    expect(onStale).toHaveBeenCalledTimes(1);
  });

  it("makes no message for a channel that no one listens to", async () => {
    const { source } = sourceOf({ resolve: resolverInTurn(answerWith([at()])) });
    await source.read(forever);
    // A list that cannot be copied.
    expect(() => source.servesStale(undefined as never)).not.toThrow();
    source.close(DOWN);
  });

  it("ends what is pending when it is closed: the answer, and addresses", async () => {
    const silent = sourceOf({ resolve: () => new Promise(() => {}) }).source;
    const reading = silent.read(forever);
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

describe("the addresses that a source finds", () => {
  it("are looked up for each family, IPv6 first, and known from then on", async () => {
    const { source, lookup } = lookingUp({
      4: { addresses: [V4], ttl: 60 },
      6: { addresses: [V6], ttl: 60 },
    });
    const host = at();
    expect(source.knownAddressesOf(host)).toEqual([]);
    expect(await addressesOf(source, false, host)).toEqual({ known: [], lookups: [[V6], [V4]] });
    expect(source.knownAddressesOf(host)).toEqual([V6, V4]);
    expect(await addressesOf(source, false, host)).toEqual({ known: [V6, V4], lookups: [] });
    expect(families(lookup)).toEqual([6, 4]);
    expect(lookup).toHaveBeenCalledWith(HOST, expect.objectContaining({ unref: true }));
    source.close(DOWN);
  });

  it("are one host's, however its name is written", async () => {
    const { source, lookup } = lookingUp({ 4: { addresses: [V4], ttl: 60 } });
    await addressesOf(source);
    const sameHost = at({ host: "REDIS-1.dev-ECS." });
    expect(await addressesOf(source, false, sameHost)).toEqual({ known: [V4], lookups: [] });
    expect(families(lookup)).toEqual([6, 4]);
    source.close(DOWN);
  });

  it("are those that came with the answer, without a lookup", async () => {
    const answered = at({ addresses: [V4] });
    const { source, lookup } = lookingUp({}, answerWith([answered]));
    await source.read(forever);
    expect(await addressesOf(source, false, answered)).toEqual({ known: [V4], lookups: [] });
    expect(source.knownAddressesOf(answered)).toEqual([V4]);
    expect(await addressesOf(source, true, answered)).toEqual({ known: [V4], lookups: [] });
    expect(lookup).not.toHaveBeenCalled();
    source.close(DOWN);
  });

  it("are looked up in the family that a partial answer lacks", async () => {
    const answered = at({ addresses: [V4] });
    const answer = answerWith([answered], { partialAddresses: true });
    const { source, lookup } = lookingUp({ 6: { addresses: [V6], ttl: 60 } }, answer);
    await source.read(forever);
    const [kept] = source.known() ?? [];
    expect(await addressesOf(source, false, kept)).toEqual({ known: [V4], lookups: [[V6]] });
    expect(families(lookup)).toEqual([6]);
    expect(source.knownAddressesOf(kept ?? answered)).toEqual([V4, V6]);
    source.close(DOWN);
  });

  it("are asked for again when both families have none, once a second at most", async () => {
    const { source, clock, lookup } = lookingUp({});
    const host = at();
    await addressesOf(source, false, host);
    clock.skip(ASKED_AGAIN_AFTER - 1);
    expect(await addressesOf(source, false, host)).toEqual({ known: [], lookups: [[], []] });
    expect(lookup).toHaveBeenCalledTimes(2);
    clock.skip(1);
    await addressesOf(source, false, host);
    expect(lookup).toHaveBeenCalledTimes(4);
    source.close(DOWN);
  });

  it("are not asked for in a family that has none beside one that has some", async () => {
    const { source, clock, lookup } = lookingUp({ 4: { addresses: [V4], ttl: 60 } });
    await addressesOf(source);
    clock.skip(ASKED_AGAIN_AFTER);
    expect(await addressesOf(source)).toEqual({ known: [V4], lookups: [] });
    expect(lookup).toHaveBeenCalledTimes(2);
    source.close(DOWN);
  });

  it("are asked for in a family that failed, and not in one that has none", async () => {
    const { source, clock, lookup } = lookingUp({ 6: DOWN });
    await Promise.allSettled(source.addressesOf(at(), forever).lookups);
    clock.skip(ASKED_AGAIN_AFTER);
    lookup.mockClear();
    await Promise.allSettled(source.addressesOf(at(), forever).lookups);
    expect(families(lookup)).toEqual([6]);
    source.close(DOWN);
  });

  it("are asked of the system's servers when the resolver has no lookup", async () => {
    const before = dns.getServers();
    dns.setServers([]);
    try {
      const { source } = sourceOf({ resolve: resolverInTurn(DOWN) }, { family: 4 });
      const [lookup] = source.addressesOf(at(), forever).lookups;
      await expect(lookup).rejects.toThrow("no DNS servers are configured");
    } finally {
      dns.setServers(before);
    }
  });

  it("that are suspect are looked up again, once in five seconds at most", async () => {
    const { source, clock, lookup, found } = lookingUp({ 4: { addresses: [V4], ttl: 60 } });
    await addressesOf(source);
    found[4] = { addresses: ["10.0.0.2"], ttl: 60 };
    clock.skip(LOOKED_UP_AGAIN_AFTER - 1);
    expect(await addressesOf(source, true)).toEqual({ known: [], lookups: [[], [V4]] });
    expect(lookup).toHaveBeenCalledTimes(2);
    clock.skip(1);
    expect(await addressesOf(source, true)).toEqual({ known: [], lookups: [[], ["10.0.0.2"]] });
    expect(lookup).toHaveBeenCalledTimes(4);
    source.close(DOWN);
  });

  it("are not looked up again within a second when that failed", async () => {
    const { source, clock, lookup } = lookingUp({ 4: DOWN, 6: DOWN });
    for (const [waited, calls] of [
      [0, 2],
      [ASKED_AGAIN_AFTER - 1, 2],
      [1, 4],
    ] as const) {
      clock.skip(waited);
      const { lookups } = source.addressesOf(at(), forever);
      const outcomes = await Promise.allSettled(lookups);
      expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
      expect(lookup).toHaveBeenCalledTimes(calls);
    }
  });

  it("keep the limits of the cache where those are wider, and 0", async () => {
    const wide = { ...CACHE, minRefresh: 9_000, negativeTtl: 9_000 };
    for (const [cache, waited, calls] of [
      [wide, 8_999, 1],
      [wide, 9_000, 2],
      [{ ...CACHE, minRefresh: 0 }, 0, 2],
      [{ ...CACHE, minRefresh: 1 }, 4_999, 1],
    ] as const) {
      const lookup = vi.fn<Lookup>(() => Promise.resolve({ addresses: [V4], ttl: 60 }));
      const resolve = resolverInTurn(answerWith([at()]));
      const { source, clock } = sourceOf({ resolve, lookup }, { cache, family: 4 });
      await addressesOf(source);
      clock.skip(waited);
      await addressesOf(source, true);
      expect(lookup).toHaveBeenCalledTimes(calls);
      source.close(DOWN);
    }
    for (const found of [{ addresses: [], ttl: 60 }, DOWN]) {
      const { source, lookup } = lookingUp({ 4: found }, undefined, { cache: NO_CACHE, family: 4 });
      for (let dial = 1; dial <= 2; dial++) {
        await Promise.allSettled(source.addressesOf(at(), forever).lookups);
        expect(lookup).toHaveBeenCalledTimes(dial);
      }
    }
  });

  it("are only those of the family asked for", async () => {
    const { source } = lookingUp({ 4: { addresses: [V6, V4, "redis"], ttl: 60 } });
    expect(await addressesOf(source)).toEqual({ known: [], lookups: [[], [V4]] });
    source.close(DOWN);
  });

  it("fail when the resolver gives something else than addresses", async () => {
    const { source } = lookingUp({ 4: { addresses: [1] as never, ttl: 60 } });
    const { lookups } = source.addressesOf(at(), forever);
    await expect(lookups[1]).rejects.toThrow("the resolver gave a wrong addresses");
    source.close(DOWN);
  });

  it("end after the timeout of a question", async () => {
    const resolver = { resolve: resolverInTurn(DOWN), lookup: silentLookup };
    const { source, clock } = sourceOf(resolver, { timeout: 300, family: 4 });
    const failure = source.addressesOf(at(), forever).lookups[0]?.catch(String);
    await clock.advance(300);
    expect(await failure).toBe("Error: no answer within 300 ms");
  });

  it("that have expired serve while the servers of the targets fail, and not before", async () => {
    const lookup = vi.fn<Lookup>(() => Promise.resolve({ addresses: [V4], ttl: 3 }));
    const resolve = resolverInTurn(answerWith([at()], { ttl: 20 }), DOWN);
    const { source, clock } = sourceOf({ resolve, lookup }, { family: 4 });
    await source.read(forever);
    const host = source.known()?.[0] ?? at();
    await addressesOf(source, false, host);
    // They were used when they came. So they are renewed once, and expire while the targets hold.
    await clock.advance(17_999);
    expect(lookup).toHaveBeenCalledTimes(2);
    expect(source.knownAddressesOf(host)).toEqual([]);
    // The targets are asked for again after 18 s, without success.
    await clock.advance(1);
    expect(source.knownAddressesOf(host)).toEqual([V4]);
    expect(source.addressesOf(host, forever)).toEqual({ known: [V4], lookups: [] });
    expect(lookup).toHaveBeenCalledTimes(2);
    source.close(DOWN);
  });

  it("are forgotten with a host that the answer names no more, and those of others kept", async () => {
    const other = at({ host: "redis-2.dev-ecs" });
    const lookup = vi.fn<Lookup>(() => Promise.resolve({ addresses: [V4], ttl: 60 }));
    const answers = [answerWith([at(), other]), answerWith([at()]), answerWith([at(), other])];
    const { source } = sourceOf({ resolve: resolverInTurn(...answers), lookup }, { family: 4 });
    await source.read(forever);
    for (const host of [at(), other]) await addressesOf(source, false, host);
    await source.read(forever, 0);
    await source.read(forever, 0);
    lookup.mockClear();
    // Copies: what is found is found by the host's name.
    for (const host of [{ ...at() }, { ...other }]) await addressesOf(source, false, host);
    expect(lookup.mock.calls.map(([host]) => host)).toEqual([other.host]);
    source.close(DOWN);
  });

  it("of a host that is forgotten are not looked up ahead", async () => {
    const lookup = vi.fn<Lookup>(() => Promise.resolve({ addresses: [V4], ttl: 10 }));
    const resolve = resolverInTurn(answerWith([at()]), answerWith([]));
    const { source, clock } = sourceOf({ resolve, lookup }, { family: 4 });
    await source.read(forever);
    await addressesOf(source);
    await source.read(forever, 0);
    await clock.advance(20_000);
    expect(lookup).toHaveBeenCalledTimes(1);
  });
});
