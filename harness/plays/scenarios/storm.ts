import { ServiceDiscoveryClient } from "@aws-sdk/client-servicediscovery";
import { type SrvResolver, dnsResolver } from "srv-dialer";
import { cloudMapResolver } from "srv-dialer/cloud-map";
import { now } from "../../ecs/index.ts";
import { moveRedis } from "../faults/redis-faults.ts";
import { seconds } from "../stage/results.ts";
import type { Stage } from "../stage/stage.ts";
import type { Step } from "../steps/step.ts";
import { StormClient, counting, lostBy } from "./storm-client.ts";
import { firstDeploy } from "../steps/first-deploy.ts";
import { checkWrites } from "../steps/check-writes.ts";
import type { Script } from "./scenario.ts";

/** Clients of each kind. */
const CLIENTS = 100;
/** The dialer's limit for a client. */
const MOST_QUERIES_A_SECOND = 10;
/**
 * Milliseconds within which the last client of a kind must reconnect. If a client asks DNS between the old record
 * and the new one, the resolver caches the negative answer for the 15 s of the zone's SOA. A client that also asks
 * the Cloud Map API does not wait for that.
 */
const BACK_WITHIN = { dns: 30_000, cloudMap: 10_000 } as const;

/** Redis moves under many clients. Half of them ask only DNS, half also the Cloud Map API. */
const storm: Step = {
  title: `Redis moves under ${2 * CLIENTS} clients`,
  play: async (stage) => {
    const asked = { dns: [] as number[], api: [] as number[] };
    const resolvers = resolversOf(stage, asked);
    const dns = many(() => [resolvers.dns()], "dns", stage);
    const cloudMap = many(() => [resolvers.dns(), resolvers.cloudMap()], "cloud-map", stage);
    const clients = [...dns, ...cloudMap];
    try {
      await stage.until("all are served", () => clients.every(({ acks }) => acks.length > 0));
      const began = stage.now();
      const takeBack = await moveRedis(stage);
      const startedAt = stage.redisTask.startedAt ?? began;
      const isBack = (client: StormClient) => client.ackAfter(startedAt) !== undefined;
      await stage.until("all are served again", () => clients.every(isBack));
      await takeBack();
      await Promise.all(clients.map((client) => client.stop()));
      judgeReturn(stage, "only DNS", dns, startedAt, BACK_WITHIN.dns);
      judgeReturn(stage, "DNS and Cloud Map", cloudMap, startedAt, BACK_WITHIN.cloudMap);
      judgeQueries(stage, { dns: since(began, asked.dns), api: since(began, asked.api) });
      await judgeCommands(stage, clients);
    } finally {
      for (const client of clients) client.end();
    }
  },
};

function many(resolvers: () => readonly SrvResolver[], kind: string, stage: Stage): StormClient[] {
  return Array.from(
    { length: CLIENTS },
    (_, index) => new StormClient(stage, `storm:${kind}:${index}`, resolvers()),
  );
}

/** Resolvers for this machine. Each client has its own; all share the SDK's client. */
function resolversOf({ ecs }: Stage, asked: { dns: number[]; api: number[] }) {
  const client = new ServiceDiscoveryClient({
    endpoint: ecs.cloudMapApi,
    region: "eu-central-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    // The SDK would prepend `data-` to the address.
    disableHostPrefix: true,
  });
  const servers = [ecs.dnsServer];
  return {
    dns: () => counting(dnsResolver({ servers }), () => asked.dns.push(now())),
    cloudMap: () => counting(cloudMapResolver({ client }), () => asked.api.push(now())),
  };
}

function judgeReturn(
  { results }: Stage,
  kind: string,
  clients: readonly StormClient[],
  startedAt: number,
  within: number,
): void {
  const last = Math.max(
    ...clients.map((client) => (client.ackAfter(startedAt) ?? Infinity) - startedAt),
  );
  results.measure(`Redis started → last client served, ${kind}`, seconds(last));
  const claim = `${kind}: the last client reconnects within ${within / 1_000} s`;
  results.expect(claim, last <= within, seconds(last));
}

function judgeQueries(
  { results }: Stage,
  { dns, api }: { readonly dns: readonly number[]; readonly api: readonly number[] },
): void {
  const busiest = busiestSecond(dns);
  const most = 2 * CLIENTS * MOST_QUERIES_A_SECOND;
  results.measure("DNS queries in the busiest second", busiest);
  results.measure("DNS queries in total", dns.length);
  results.measure("Cloud Map calls in the busiest second", busiestSecond(api));
  results.expect(`under ${most} DNS queries a second`, busiest < most, busiest);
}

async function judgeCommands(stage: Stage, clients: readonly StormClient[]): Promise<void> {
  const { results } = stage;
  const acknowledged = clients.reduce((sum, { acks }) => sum + acks.length, 0);
  const failures = clients.reduce((sum, client) => sum + client.failures, 0);
  const lost = await lostBy(stage, clients);
  results.measure("commands acknowledged / failed", `${acknowledged} / ${failures}`);
  results.measure("acknowledged writes of clients lost", lost);
  results.expect("no acknowledged write of a client was lost", lost === 0, lost);
}

function since(time: number, times: readonly number[]): number[] {
  return times.filter((at) => at >= time);
}

/** The maximum within any second. */
function busiestSecond(times: readonly number[]): number {
  const counts = times.map((from) => times.filter((at) => at >= from && at < from + 1_000).length);
  return Math.max(0, ...counts);
}

export const stormScenario: Script = {
  title: "Many clients",
  steps: [firstDeploy, storm, checkWrites],
};
