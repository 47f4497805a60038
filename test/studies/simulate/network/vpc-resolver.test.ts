import { describe, expect, it } from "vitest";

import type { Question, Reply } from "../../../../runtime/src/dns/message.ts";
import { VirtualClock } from "../../../../studies/simulate/virtual-clock.ts";
import { AWS } from "../../../../studies/simulate/assumptions.ts";
import { Registry } from "../../../../studies/simulate/network/registry.ts";
import { VpcResolver } from "../../../../studies/simulate/network/vpc-resolver.ts";

const NAME = "dev-redis.dev-ecs";
const SRV: Question = { name: NAME, type: "SRV" };
const REDIS = { id: "one", address: "10.0.1.1", port: 40_000 };
const SERVER = { address: "10.0.0.2", port: 53 };

function start(packets = AWS.packets) {
  const assumptions = { ...AWS, packets, propagation: { dns: 0, api: 0 } };
  const clock = new VirtualClock();
  const registry = new Registry(clock, assumptions);
  const resolver = new VpcResolver(clock, assumptions, registry, NAME);
  const set = (instance: typeof REDIS | undefined): void => {
    registry.set(instance);
    clock.skip(0);
  };
  return { clock, resolver, set, ask: asking(resolver) };
}

/** Sends queries of one host. The returned list gets the answers. */
function asking(resolver: VpcResolver) {
  const ask = resolver.throughInterface();
  return (question: Question): (Reply | Error)[] => {
    const answers: (Reply | Error)[] = [];
    const settle = (outcome: Reply | Error): void => void answers.push(outcome);
    ask(question, SERVER, { channels: new Map(), unref: true, settle }).send();
    return answers;
  };
}

describe("the resolver of a VPC", () => {
  it("answers SRV and A, and has no AAAA records", () => {
    const { clock, set, ask } = start();
    set(REDIS);
    const host = `one.${NAME}`;
    const answers = [
      SRV,
      { name: host, type: "A" as const },
      { name: host, type: "AAAA" as const },
    ];
    const got = answers.map(ask);
    clock.skip(1);
    expect(got.flat()).toMatchObject([
      { answers: [{ ttl: 10, data: { target: host, port: 40_000 } }] },
      { answers: [{ data: "10.0.1.1" }] },
      { rcode: 0, answers: [], authorities: [{ type: "SOA" }] },
    ]);
  });

  it("caches records for their TTL, which counts down, and then NXDOMAIN", () => {
    const { clock, set, ask } = start();
    set(REDIS);
    ask(SRV);
    set(undefined);
    clock.skip(9_500);
    const last = ask(SRV);
    clock.skip(1_000);
    const none = ask(SRV);
    clock.skip(1);
    set(REDIS);
    const still = ask(SRV);
    clock.skip(15_000);
    const again = ask(SRV);
    clock.skip(1);
    expect(last).toMatchObject([{ answers: [{ ttl: 0 }] }]);
    for (const gone of [none, still]) expect(gone).toMatchObject([{ rcode: 3, answers: [] }]);
    expect(again).toMatchObject([{ rcode: 0, answers: [{ ttl: 10 }] }]);
  });
});
