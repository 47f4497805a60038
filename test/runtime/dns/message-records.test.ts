import { describe, expect, it } from "vitest";

import type { DnsRecord } from "../../../runtime/src/dns/codec.ts";
import {
  type Reply,
  findRecords,
  isReferral,
  negativeTtl,
  toTargets,
} from "../../../runtime/src/dns/message.ts";
import { replyOf } from "../support/answering.ts";

const NAME = "dev-redis.dev-ecs";

function reply(sections: Partial<Reply>): Reply {
  return replyOf({ isAuthoritative: false, ...sections });
}

function srv(target: string, fields: { name?: string; ttl?: number; priority?: number } = {}) {
  const { name = NAME, ttl = 10, priority = 1 } = fields;
  return { type: "SRV", name, ttl, data: { target, port: 6379, priority, weight: 2 } } as const;
}

function cname(name: string, data: string, ttl = 10): DnsRecord {
  return { type: "CNAME", name, ttl, data };
}

function address(name: string, data: string, ttl = 10): DnsRecord {
  return { type: data.includes(":") ? "AAAA" : "A", name, ttl, data };
}

function soa(ttl: number, minimum: number): DnsRecord {
  return { type: "SOA", name: "dev-ecs", ttl, data: { minimum } };
}

/** A chain n0 -> n1 -> ... of this number of aliases, and a record at its end. */
function chain(aliases: number): DnsRecord[] {
  const links = Array.from({ length: aliases }, (_, index) => cname(`n${index}`, `n${index + 1}`));
  return [...links, srv("redis-1.dev-ecs", { name: `n${aliases}` })];
}

describe("findRecords", () => {
  it("finds the records of a name, regardless of its case, and no others", () => {
    const wanted = [srv("a"), srv("b")];
    const answers = [...wanted, srv("c", { name: "other.dev-ecs" }), address(NAME, "10.0.0.1")];
    expect(findRecords(reply({ answers }), "DEV-Redis.dev-ecs.", "SRV")).toEqual({
      records: wanted,
      ttl: 10,
    });
  });

  it("follows aliases in any order, with the minimum TTL", () => {
    const found = srv("a", { name: "end.dev-ecs", ttl: 60 });
    const answers = [found, cname("b.dev-ecs", "End.dev-ecs", 5), cname(NAME, "B.dev-ecs", 30)];
    expect(findRecords(reply({ answers }), NAME, "SRV")).toEqual({
      records: [found],
      ttl: 5,
    });
  });

  it("follows at most 8 aliases", () => {
    expect(findRecords(reply({ answers: chain(8) }), "n0", "SRV").records).toHaveLength(1);
    expect(() => findRecords(reply({ answers: chain(9) }), "n0", "SRV")).toThrow(
      "n0 leads through more than 8 aliases",
    );
  });
});

describe("isReferral", () => {
  const ns: DnsRecord = { type: "NS", name: "dev-ecs", ttl: 10, data: "ns.dev-ecs" };

  it("is a reply that only has servers to ask", () => {
    expect(isReferral(reply({ authorities: [ns] }))).toBe(true);
    expect(isReferral(reply({ authorities: [cname("dev-ecs", "ecs"), ns] }))).toBe(true);
  });

  it.each<[string, Partial<Reply>]>([
    ["has records", { answers: [srv("a")], authorities: [ns] }],
    ["has an alias, which may lead elsewhere", { answers: [cname(NAME, "b")], authorities: [ns] }],
    ["has an SOA beside the servers", { authorities: [ns, soa(5, 5)] }],
    ["is empty", {}],
    ["comes from a server of the name", { authorities: [ns], isAuthoritative: true }],
    ["says that the name does not exist", { authorities: [ns], rcode: 3 }],
  ])("is not a reply that %s", (_what, fields) => {
    expect(isReferral(reply(fields))).toBe(false);
  });
});

describe("toTargets", () => {
  it("gets addresses of both IP versions from the additional section, with their TTL", () => {
    const additionals = [
      address("a.dev-ecs", "10.0.0.1", 20),
      address("a.dev-ecs", "fd00::1", 4),
      address("other.dev-ecs", "10.0.0.2", 1),
      cname("a.dev-ecs", "10.0.0.3", 1),
    ];
    const { targets, ttl, partialAddresses } = toTargets(reply({ additionals }), [
      srv("A.dev-ecs"),
      srv("b.dev-ecs"),
    ]);
    expect(targets.map(({ host, addresses }) => [host, addresses])).toEqual([
      ["A.dev-ecs", ["10.0.0.1", "fd00::1"]],
      ["b.dev-ecs", undefined],
    ]);
    expect(ttl).toBe(4);
    // For one host; the other one needs a lookup.
    expect(partialAddresses).toBe(true);
  });

  it("uses a hundred hosts of an answer, those of the first priorities, and all their ports", () => {
    const backups = Array.from({ length: 2_400 }, (_, n) => srv(`b${n}`, { priority: 2 }));
    const { targets } = toTargets(reply({}), [...backups, srv("a"), srv("a")]);
    const hosts = targets.map(({ host }) => host);
    expect(hosts.slice(0, 3)).toEqual(["a", "a", "b0"]);
    expect(new Set(hosts).size).toBe(100);
  });
});

describe("negativeTtl", () => {
  it.each([
    [15, 5, 5],
    [5, 15, 5],
  ])("is the lower of the SOA's TTL %i and its MINIMUM %i", (ttl, minimum, expected) => {
    expect(negativeTtl(reply({ authorities: [soa(ttl, minimum)] }), 60)).toBe(expected);
  });
});
