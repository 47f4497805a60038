import { describe, expect, it } from "vitest";
import { authorityFor } from "../../../../harness/ecs/discovery/dns-authority.ts";
import { RCODE, type DnsRecord } from "../../../../harness/ecs/discovery/dns-records.ts";

const records: DnsRecord[] = [
  {
    type: "SRV",
    name: "redis.ecs",
    ttl: 5,
    priority: 1,
    weight: 1,
    port: 4,
    target: "i.redis.ecs",
  },
  { type: "A", name: "i.redis.ecs", ttl: 5, address: "127.0.0.9" },
  { type: "A", name: "x.deep.ecs", ttl: 5, address: "127.0.0.8" },
  { type: "A", name: "*.any.ecs", ttl: 5, address: "127.0.0.7" },
  { type: "A", name: "own.any.ecs", ttl: 5, address: "127.0.0.6" },
];
const respond = authorityFor(() => [{ name: "ecs", records: () => records }], 15);

describe("authorityFor", () => {
  it("returns the records of a name, with the name as in the query", () => {
    expect(respond("Redis.ECS", "SRV")).toEqual({
      rcode: RCODE.NOERROR,
      answers: [{ ...records[0], name: "Redis.ECS" }],
      authorities: [],
    });
    expect(respond("i.redis.ecs.", "A").answers).toHaveLength(1);
  });

  it("answers with a wildcard's records for names without their own", () => {
    for (const name of ["x.any.ecs", "Y.x.any.ecs"]) {
      expect(respond(name, "A").answers).toMatchObject([{ name, address: "127.0.0.7" }]);
    }
    expect(respond("own.any.ecs", "A").answers).toMatchObject([{ address: "127.0.0.6" }]);
    expect(respond("any.ecs", "A").answers).toEqual([]);
  });

  it.each([
    ["a missing name", "nobody.ecs", "SRV", RCODE.NXDOMAIN],
    ["a type that the name has not", "redis.ecs", "A", RCODE.NOERROR],
    ["a type that is not modelled", "redis.ecs", "OTHER", RCODE.NOERROR],
    ["a name that only has names below it", "deep.ecs", "A", RCODE.NOERROR],
  ] as const)("returns the SOA and the code for %s", (_what, name, type, rcode) => {
    const answer = respond(name, type);
    expect(answer).toMatchObject({ rcode, answers: [], authorities: [{ type: "SOA", ttl: 15 }] });
  });

  it("refuses names of other zones, including those with the same ending", () => {
    expect(respond("example.com", "A").rcode).toBe(RCODE.REFUSED);
    expect(respond("redis.myecs", "SRV").rcode).toBe(RCODE.REFUSED);
  });

  it("has SOA and NS at its own name", () => {
    expect(respond("ecs", "SOA").answers).toMatchObject([{ type: "SOA", minimum: 86_400 }]);
    expect(respond("ecs", "NS").answers).toHaveLength(1);
    expect(respond("ecs", "ANY").answers).toHaveLength(2);
  });
});
