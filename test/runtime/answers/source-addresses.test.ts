import dns from "node:dns";
import { describe, expect, it, vi } from "vitest";
import type { Source } from "../../../runtime/src/answers/source.ts";
import { Lifetime } from "../../../runtime/src/base/lifetime.ts";
import type { HostAddresses, SrvResolver, SrvTarget } from "../../../runtime/src/base/types.ts";
import {
  CACHE,
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
/** The dialer's limits for addresses in ms; see README, "Addresses". */
const LOOKED_UP_AGAIN_AFTER = 5_000;
const ASKED_AGAIN_AFTER = 1_000;

type Lookup = NonNullable<SrvResolver["lookup"]>;

const forever = new Lifetime();
const at = (more: Partial<SrvTarget> = {}): SrvTarget => target(6379, { host: HOST, ...more });

/** A source with one answer, and a lookup that returns the addresses of the requested family. */
function lookingUp(
  found: Partial<Record<4 | 6, HostAddresses | Error>>,
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
  it("are looked up for each IP version, IPv6 first, and then cached", async () => {
    const { source, lookup } = lookingUp({
      4: { addresses: [V4], ttl: 60 },
      6: { addresses: [V6], ttl: 60 },
    });
    const host = at();
    expect(await addressesOf(source, false, host)).toEqual({ known: [], lookups: [[V6], [V4]] });
    expect(await addressesOf(source, false, host)).toEqual({ known: [V6, V4], lookups: [] });
    expect(families(lookup)).toEqual([6, 4]);
    expect(lookup).toHaveBeenCalledWith(HOST, expect.objectContaining({ unref: true }));
    source.close(DOWN);
  });

  it("are those that came with the answer, without a lookup", async () => {
    const answered = at({ addresses: [V4] });
    const { source, lookup } = lookingUp({}, answerWith([answered]));
    await source.records.read(forever);
    expect(await addressesOf(source, false, answered)).toEqual({ known: [V4], lookups: [] });
    expect(await addressesOf(source, true, answered)).toEqual({ known: [V4], lookups: [] });
    expect(lookup).not.toHaveBeenCalled();
    source.close(DOWN);
  });

  it("are looked up for the IP version that a partial answer is missing", async () => {
    const answered = at({ addresses: [V4] });
    const answer = answerWith([answered], { partialAddresses: true });
    const { source, lookup } = lookingUp({ 6: { addresses: [V6], ttl: 60 } }, answer);
    await source.records.read(forever);
    const [kept] = source.records.kept()?.value.targets ?? [];
    expect(await addressesOf(source, false, kept)).toEqual({ known: [V4], lookups: [[V6]] });
    expect(families(lookup)).toEqual([6]);
    expect(await addressesOf(source, false, kept)).toEqual({ known: [V4, V6], lookups: [] });
    source.close(DOWN);
  });

  it("are looked up again if both IP versions have none, at most once a second", async () => {
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

  it("are looked up again for a version that failed, and not for one without any", async () => {
    const { source, clock, lookup } = lookingUp({ 6: DOWN });
    await Promise.allSettled(source.addressesOf(at(), forever).lookups);
    clock.skip(ASKED_AGAIN_AFTER);
    lookup.mockClear();
    await Promise.allSettled(source.addressesOf(at(), forever).lookups);
    expect(families(lookup)).toEqual([6]);
    source.close(DOWN);
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

  it("are looked up again if they are suspect, at most once in five seconds", async () => {
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

  it("are not looked up again within a second after a failure", async () => {
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

  it("use the limits of the cache if those are higher, or 0", async () => {
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

  it.each([
    [
      "not while the targets can be resolved",
      17_999,
      { known: [], lookups: [expect.any(Promise)] },
    ],
    ["while resolving the targets fails", 18_000, { known: [V4], lookups: [] }],
  ])("are used after their expiry: %s", async (_when, time, expected) => {
    const lookup = vi.fn<Lookup>(() => Promise.resolve({ addresses: [V4], ttl: 3 }));
    // The refresh of the targets after 18 s fails.
    const resolve = resolverInTurn(answerWith([at()], { ttl: 20 }), DOWN);
    const { source, clock } = sourceOf({ resolve, lookup }, { family: 4 });
    await source.records.read(forever);
    await addressesOf(source);
    // They were used on arrival, so they are refreshed once. Then they expire before the targets.
    await clock.advance(time);
    expect(source.addressesOf(at(), forever)).toEqual(expected);
    source.close(DOWN);
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
    source.close(DOWN);
  });
});
