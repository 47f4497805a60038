import { describe, expect, it } from "vitest";
import { authorityFor } from "../../../../harness/ecs/discovery/dns-authority.ts";
import {
  cachingResolver,
  type CachingResolver,
} from "../../../../harness/ecs/discovery/dns-cache.ts";
import { RCODE, type DnsRecord } from "../../../../harness/ecs/discovery/dns-records.ts";

const record: DnsRecord = { type: "A", name: "a.ecs", ttl: 5, address: "127.0.0.1" };

interface World {
  time: number;
  records: DnsRecord[];
  asked: number;
  readonly resolver: CachingResolver;
}

function world(): World {
  const authority = authorityFor(() => [{ name: "ecs", records: () => state.records }], 15);
  const state: World = {
    time: 0,
    records: [record],
    asked: 0,
    resolver: cachingResolver(
      (name, type) => {
        state.asked += 1;
        return authority(name, type);
      },
      () => state.time,
    ),
  };
  return state;
}

describe("cachingResolver", () => {
  it("counts the TTL down, and queries again after it expires", () => {
    const state = world();
    const ttlAt = (time: number): number | undefined => {
      state.time = time;
      return state.resolver.respond("a.ecs", "A").answers[0]?.ttl;
    };
    expect([0, 1, 2500, 4999].map(ttlAt)).toEqual([5, 4, 2, 0]);
    expect(state.asked).toBe(1);
    expect(ttlAt(5000)).toBe(5);
    expect(state.asked).toBe(2);
  });

  it("caches a negative answer for the SOA's TTL, even if a record appears", () => {
    const state = world();
    state.records = [];
    expect(state.resolver.respond("a.ecs", "A").rcode).toBe(RCODE.NXDOMAIN);
    state.records = [record];
    state.time = 14_999;
    expect(state.resolver.respond("a.ecs", "A")).toMatchObject({
      rcode: RCODE.NXDOMAIN,
      authorities: [{ type: "SOA", ttl: 0 }],
    });
    state.time = 15_000;
    expect(state.resolver.respond("a.ecs", "A").answers).toHaveLength(1);
  });

  it("does not cache a refusal, and is empty after a flush", () => {
    const state = world();
    state.resolver.respond("example.com", "A");
    state.resolver.respond("example.com", "A");
    expect(state.asked).toBe(2);
    state.resolver.respond("a.ecs", "A");
    state.resolver.flush();
    state.resolver.respond("a.ecs", "A");
    expect(state.asked).toBe(4);
  });
});
