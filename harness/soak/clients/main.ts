import { ServiceDiscoveryClient } from "@aws-sdk/client-servicediscovery";
import { createSocket } from "node:dgram";
import { setTimeout as delay } from "node:timers/promises";
import { dnsResolver } from "srv-dialer";
import { cloudMapResolver } from "srv-dialer/cloud-map";
import { createRedis } from "srv-dialer/ioredis";
import { randomOf } from "../../plays/stage/random.ts";
import { Client } from "./client.ts";
import type { ClientOperation, FromClients, Settings, ToClients } from "./messages.ts";
import { optionsOf, PROFILES } from "./profiles.ts";
import { takeSample } from "./sample.ts";
import { Keys } from "./work.ts";

// The process of the clients. It loads only the package, so that a leak is the package's.

/** Milliseconds between two reports of operations. */
const REPORT = 250;

const clients: Client[] = [];
const done: ClientOperation[] = [];
let reporting: NodeJS.Timeout | undefined;

function send(message: FromClients): void {
  process.send?.(message);
}

function report(): void {
  if (done.length > 0) send({ type: "operations", operations: done.splice(0) });
}

function start(settings: Settings): void {
  const { seed, srvName, password, dnsServer, cloudMapApi, defect } = settings;
  const api = new ServiceDiscoveryClient({
    endpoint: cloudMapApi,
    region: "eu-central-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    // The SDK would prepend `data-` to the address.
    disableHostPrefix: true,
  });
  const writers = PROFILES.flatMap(({ sendsOnce }, number) => (sendsOnce ? [] : [number]));
  const keys = new Keys(writers, randomOf(seed, "soak: keys"));
  for (const [number, profile] of PROFILES.entries()) {
    const dns = dnsResolver({ servers: [dnsServer] });
    const resolver = profile.asksApi ? [dns, cloudMapResolver({ client: api })] : [dns];
    const options = { password, ...optionsOf(profile, defect) };
    const redis = createRedis(`redis+srv://${srvName}`, options, { resolver });
    // Its commands reject as well, so an error event needs no handling.
    redis.on("error", () => {});
    if (defect === "leaked-socket") redis.on("reconnecting", leak);
    const random = randomOf(seed, `soak: client ${number}`);
    const onOperation = (operation: ClientOperation): void => void done.push(operation);
    const { sendsOnce } = profile;
    clients.push(new Client({ number, redis, keys, sendsOnce, random, onOperation }));
  }
  send({ type: "started", bounds: clients.map(({ bound }) => bound) });
  reporting = setInterval(report, REPORT);
}

/** A socket that is never closed, such as one of a DNS query. */
function leak(): void {
  createSocket("udp4").bind();
}

async function stop(within: number): Promise<void> {
  await Promise.race([Promise.all(clients.map((client) => client.stop())), delay(within)]);
  report();
  // Later ends are ignored: those operations have been reported as without a reply.
  clearInterval(reporting);
  send({ type: "stopped", unanswered: clients.flatMap(({ underWay }) => underWay ?? []) });
}

process.on("message", (message: ToClients) => {
  if (message.type === "start") start(message.settings);
  else if (message.type === "stop") void stop(message.within);
  else
    send({ type: "sample", sample: takeSample(clients.filter(({ isReady }) => isReady).length) });
});
// A terminal sends Ctrl-C to this process too, but the soak decides when it ends.
process.on("SIGINT", () => {});
process.on("disconnect", () => process.exit());
