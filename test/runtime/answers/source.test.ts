import dns from "node:dns";

import { describe, expect, it, vi } from "vitest";

import { YOUNGEST } from "../../../runtime/src/answers/cached.ts";
import type { Source, SourceSettings } from "../../../runtime/src/answers/source.ts";
import { SrvDialError } from "../../../runtime/src/base/errors.ts";
import { Lifetime } from "../../../runtime/src/base/time.ts";
import type { HostAddresses, SrvResolver, SrvTarget } from "../../../runtime/src/base/types.ts";
import { listenTo } from "../support/channels.ts";
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

type Lookup = NonNullable<SrvResolver["lookup"]>;

const forever = new Lifetime();
const at = (more: Partial<SrvTarget> = {}): SrvTarget => target(6379, { host: HOST, ...more });

async function knownLater({ records }: Source): Promise<unknown> {
  return records.read(forever);
}

/** The cached targets. */
function knownTo({ records }: Source): readonly SrvTarget[] | undefined {
  return records.kept()?.value.targets;
}

describe("a source", () => {
  it("asks its resolver, and reports whether the answer is news", async () => {
    const answers = [answerWith([at()]), answerWith([at()]), answerWith([at({ port: 1 })])];
    const resolve = resolverInTurn(...answers, DOWN, answerWith([at({ port: 1 })]));
    const { source, onAnswer } = sourceOf({ resolve });
    const { value } = await source.records.read(forever);
    expect(value).toEqual({ targets: [at()], isUnavailable: false, ttl: 10, isPartial: false });
    expect(resolve).toHaveBeenCalledExactlyOnceWith(NAME, expect.objectContaining({ unref: true }));
    for (let reads = 0; reads < 4; reads++) await source.records.read(forever, 0);
    // An equal answer after a failure is news too: calls that wait may go on.
    expect(onAnswer.mock.calls.map(([isNews]) => isNews)).toEqual([true, false, true, true]);
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
  });

  it("caches the answer `.` as an answer without records: for the pause before the next query", async () => {
    const root = target(0, { host: "." });
    for (const [targets, ms] of [
      [[root, root], YOUNGEST],
      [[root, at()], 10_000],
      [[target(0, { host: "" })], YOUNGEST],
    ] as const) {
      const { source } = sourceOf({ resolve: resolverInTurn(answerWith(targets)) });
      await source.records.read(forever);
      expect(source.records.expiresIn).toBe(ms);
    }
  });

  it.each([
    ["with the resolver's reason", answerWith([], { ttl: 7, reason: "it is new" }), 7],
    ["for which a resolver rejects", SrvDialError.of("ERR_SRV_NO_RECORDS", "it is new"), 0],
  ])("accepts as an answer without records: %s", async (_what, answer, ttl) => {
    const { source, onAnswer } = sourceOf({ resolve: resolverInTurn(answer) });
    const { value } = await source.records.read(forever);
    const absence = { code: "ERR_SRV_NO_RECORDS", message: "it is new" };
    expect(value).toMatchObject({ targets: [], ttl, isPartial: false, absence });
    expect(onAnswer).toHaveBeenCalledTimes(1);
  });

  it.each<[string, Error]>([
    ["another error of this package", SrvDialError.of("ERR_SRV_RESOLVE", "servers failed")],
    ["a code of another's error", Object.assign(new Error("x"), { code: "ERR_SRV_NO_RECORDS" })],
  ])("fails with %s", async (_what, error) => {
    const { source, onAnswer } = sourceOf({ resolve: resolverInTurn(error) });
    await expect(source.records.read(forever)).rejects.toBe(error);
    expect(onAnswer).not.toHaveBeenCalled();
  });

  it("publishes copies of the answers, and of a stale one that is used", async () => {
    using resolved = listenTo("srv-dialer:resolve");
    using stale = listenTo("srv-dialer:stale");
    const { source } = sourceOf({ resolve: resolverInTurn(answerWith([at({ addresses: [V4] })])) });
    await source.records.read(forever);
    const kept = knownTo(source) ?? [];
    source.servesStale(kept);
    expect([...resolved]).toEqual([{ name: NAME, targets: kept, ttl: 10 }]);
    expect([...stale]).toEqual([{ name: NAME, targets: kept }]);
    for (const [message] of [resolved, stale]) {
      expect(Object.values(message?.["targets"] ?? {})[0]).not.toBe(kept[0]);
    }
  });

  it("cancels pending answers and addresses when it is closed", async () => {
    const silent = { resolve: () => new Promise<never>(() => {}) };
    const { source, clock } = sourceOf({ ...silent, lookup: () => new Promise(() => {}) });
    const reads = [knownLater(source), ...source.addressesOf(at(), forever).lookups];
    source.close(DOWN);
    const outcomes = await Promise.allSettled(reads);
    expect(outcomes).toEqual(reads.map(() => ({ status: "rejected", reason: DOWN })));
    clock.expectNoTimers();
  });
});

type Found = { [family in 4 | 6]?: HostAddresses | Error | undefined };

/** A source with one answer, and a lookup that returns the addresses of the requested family. */
function lookingUp(
  found: Found,
  answer = answerWith([at()]),
  settings: Parameters<typeof sourceOf>[1] = {},
) {
  const lookup = vi.fn<Lookup>((_host, { family }) => {
    const outcome = found[family] ?? { addresses: [], ttl: 60 };
    return outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve(outcome);
  });
  const resolve = resolverInTurn(answer);
  return { lookup, resolve, found, ...sourceOf({ resolve, lookup }, settings) };
}

/** A target's addresses: the known ones, and those of each lookup. */
async function addressesOf(source: Source, isSuspect = false, of = at()) {
  const { known, lookups } = source.addressesOf(of, forever, isSuspect);
  return { known, lookups: await Promise.all(lookups) };
}

const families = ({ mock }: { mock: { calls: Parameters<Lookup>[] } }): unknown[] =>
  mock.calls.map(([, { family }]) => family);

describe("the addresses that a source finds", () => {
  const [FOUND4, FOUND6] = [V4, V6].map((address) => ({ addresses: [address], ttl: 60 }));

  // Each step: after how many ms, `s` if they are suspect, and the IP versions that are looked up.
  it.each<[string, Found, SourceSettings["cache"], string]>([
    ["are cached, and looked up for IPv6 first", { 4: FOUND4, 6: FOUND6 }, CACHE, "0→64 0→"],
    ["are looked up again if there are none, once a second", {}, CACHE, "0→64 999→ 1→64"],
    ["are looked up a second after a failure", { 4: DOWN, 6: DOWN }, CACHE, "0→64 999→ 1→64"],
    ["are not looked up for a version without any", { 6: DOWN }, CACHE, "0→64 1000→6"],
    ["are looked up again if suspect, once in 5 s", { 4: FOUND4 }, CACHE, "0→64 4999s→ 1s→64"],
    ["are looked up each time without a cache", { 4: FOUND4 }, NO_CACHE, "0→64 0s→64"],
    ["are looked up each time they fail without a cache", { 4: DOWN }, NO_CACHE, "0→64 0→64"],
  ])("%s", async (_what, found, cache, steps) => {
    const { source, clock, lookup } = lookingUp(found, undefined, { cache });
    const host = at();
    for (const step of steps.split(" ")) {
      const [when = "", versions] = step.split("→");
      clock.skip(Number.parseInt(when, 10));
      lookup.mockClear();
      await Promise.allSettled(source.addressesOf(host, forever, when.endsWith("s")).lookups);
      expect(families(lookup).join("")).toBe(versions);
    }
  });

  it("are known, or those of each lookup", async () => {
    const { source, clock, found, lookup } = lookingUp({ 4: FOUND4, 6: FOUND6 });
    const host = at();
    expect(await addressesOf(source, false, host)).toEqual({ known: [], lookups: [[V6], [V4]] });
    expect(await addressesOf(source, false, host)).toEqual({ known: [V6, V4], lookups: [] });
    expect(lookup).toHaveBeenCalledWith(HOST, expect.objectContaining({ unref: true }));
    found[4] = { addresses: ["10.0.0.2"], ttl: 60 };
    clock.skip(5_000);
    expect(await addressesOf(source, true)).toEqual({ known: [], lookups: [[V6], ["10.0.0.2"]] });
  });

  it("are looked up for the IP version that a partial answer is missing", async () => {
    const answered = at({ addresses: [V4] });
    const answer = answerWith([answered], { partialAddresses: true });
    const { source, lookup } = lookingUp({ 6: { addresses: [V6], ttl: 60 } }, answer);
    await source.records.read(forever);
    const [kept] = knownTo(source) ?? [];
    expect(await addressesOf(source, false, kept)).toEqual({ known: [V4], lookups: [[V6]] });
    expect(families(lookup)).toEqual([6]);
    expect(await addressesOf(source, false, kept)).toEqual({ known: [V4, V6], lookups: [] });
  });

  it("come from the system's servers if the resolver has no lookup", async () => {
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

  it.each([
    ["not while the targets can be resolved", 17_999, [], 1],
    ["while resolving the targets fails", 18_000, [V4], 0],
  ])("are used after their expiry: %s", async (_when, time, known, lookups) => {
    const lookup = vi.fn<Lookup>(() => Promise.resolve({ addresses: [V4], ttl: 3 }));
    // The refresh of the targets after 18 s fails.
    const resolve = resolverInTurn(answerWith([at()], { ttl: 20 }), DOWN);
    const { source, clock } = sourceOf({ resolve, lookup }, { family: 4 });
    await source.records.read(forever);
    await addressesOf(source);
    // They were used on arrival, so they are refreshed once. Then they expire before the targets.
    await clock.advance(time);
    const found = source.addressesOf(at(), forever);
    expect({ ...found, lookups: found.lookups.length }).toEqual({ known, lookups });
  });

  it("are dropped for a host that is no longer in the answer, and kept for others", async () => {
    const other = at({ host: "redis-2.dev-ecs" });
    const lookup = vi.fn<Lookup>(() => Promise.resolve({ addresses: [V4], ttl: 60 }));
    const answers = [answerWith([at(), other]), answerWith([at()]), answerWith([at(), other])];
    const { source } = sourceOf({ resolve: resolverInTurn(...answers), lookup }, { family: 4 });
    await source.records.read(forever);
    for (const host of [at(), other]) await addressesOf(source, false, host);
    await source.records.read(forever, 0);
    await source.records.read(forever, 0);
    lookup.mockClear();
    // Copies, because the lookup depends only on the host's name.
    for (const host of [{ ...at() }, { ...other }]) await addressesOf(source, false, host);
    expect(lookup.mock.calls.map(([host]) => host)).toEqual([other.host]);
  });
});
