import { expect, it, vi } from "vitest";

import { startRedis } from "../../../harness/ecs/programs/start-redis.ts";
import { dnsResolver } from "../../../runtime/src/dns/resolver.ts";
import { createRedis } from "../../../runtime/src/ioredis.ts";
import { startDnsServer } from "../../../runtime/src/testing.ts";
import { AWS } from "../../../studies/simulate/assumptions.ts";
import { Fleet, NAME } from "../../../studies/simulate/fleet.ts";

const PATIENCE = 10_000;
/** Number of SRV queries before Redis is back. */
const QUERIES = 8;

/** Queries from the stop of Redis until it is back. */
interface Outage {
  /** SRV queries before the new record. */
  readonly before: number;
  readonly asked: Readonly<Record<string, number>>;
}

/**
 * A real client of ioredis with a real Redis and real DNS packets. The outage is a number of queries, not a time, so a busy
 * machine does not change the result.
 */
async function realOutage(): Promise<Outage> {
  await using dns = await startDnsServer();
  await using first = await startRedis();
  await using second = await startRedis();
  const publish = (host: string, port: number): void => {
    dns.setAddress(host, ["127.0.0.1"]);
    dns.setSrv(NAME, [{ host, port }]);
  };
  publish(`old.${NAME}`, first.port);
  const resolver = dnsResolver({ servers: [dns.address] });
  const redis = createRedis(`redis+srv://${NAME}`, {}, { resolver });
  try {
    redis.on("error", () => {});
    await redis.ping();
    const before = dns.queries.length;
    dns.remove(NAME);
    await first.stop();
    await vi.waitUntil(() => dns.queries.length - before >= QUERIES, {
      timeout: PATIENCE,
      interval: 5,
    });
    const unanswered = dns.queries.length - before;
    publish(`new.${NAME}`, second.port);
    await redis.ping();
    const asked = { SRV: 0, A: 0, AAAA: 0 } as Record<string, number>;
    for (const { type } of dns.queries.slice(before)) asked[type] = (asked[type] ?? 0) + 1;
    return { before: unanswered, asked };
  } finally {
    redis.disconnect();
  }
}

/** The same in the simulation, without a cache in the resolver. */
async function simulatedOutage(): Promise<Outage> {
  const assumptions = { ...AWS, propagation: { dns: 0, api: 0 }, soaTtl: 0 };
  const usual = { perHost: 1, seed: 1, cloudMap: false, pace: "own" } as const;
  const fleet = new Fleet({ clients: 1, assumptions, ...usual });
  const { clock, dns, registry } = fleet;
  const [client] = fleet.clients;
  if (client === undefined) throw new Error("bug: the fleet has no client");
  const first = fleet.startRedis({ id: "old", address: "10.0.1.1", port: 40_000 });
  first.listen();
  await clock.advance(1);
  client.connect();
  await clock.advance(50);
  const before = { ...dns.asked };
  // The records are older than their TTL.
  dns.prime(60_000);
  registry.set(undefined);
  first.stop();
  while (dns.asked.SRV < before.SRV + QUERIES) await clock.advance(10);
  fleet.startRedis({ id: "new", address: "10.0.1.2", port: 45_000 }).listen();
  await clock.advance(1_000);
  const { SRV, A, AAAA } = dns.asked;
  return {
    before: QUERIES,
    asked: { SRV: SRV - before.SRV, A: A - before.A, AAAA: AAAA - before.AAAA },
  };
}

it("a simulated client sends the same DNS queries as a real client of ioredis", async () => {
  const [real, simulated] = [await realOutage(), await simulatedOutage()];
  for (const { before, asked } of [real, simulated]) {
    expect(asked).toEqual({ SRV: before + 1, A: 1, AAAA: 1 });
  }
});
