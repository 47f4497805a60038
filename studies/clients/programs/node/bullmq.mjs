// https://docs.bullmq.io/guide/going-to-production: a worker never gives up, a queue fails fast.
import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { dns, host, isGuide, name, port, run, way } from "./loop.mjs";

const forWorker = { maxRetriesPerRequest: null };
const forQueue = isGuide ? { maxRetriesPerRequest: 1 } : {};

async function connectionFor(options) {
  if (way !== "srv-dialer") return { host, port, ...options };
  const { dnsResolver } = await import("srv-dialer");
  const { srvConnector } = await import("srv-dialer/ioredis");
  const Connector = srvConnector({ resolver: dnsResolver({ servers: [dns] }) });
  return new Redis({ host: name, Connector, ...options }).on("error", () => {});
}

const queue = new Queue("mails", { connection: await connectionFor(forQueue) });
const counter = new Redis({ ...(await queue.client).options, maxRetriesPerRequest: null });
const waiting = new Map();
const worker = new Worker(
  "mails",
  async ({ data: { key } }) => {
    const written = await counter.incr(key);
    waiting.get(key)?.([written, await counter.get(key)]);
  },
  { connection: await connectionFor(forWorker) },
);
for (const each of [queue, counter, worker]) each.on("error", () => {});

/** A job that its worker has done. */
await run(async (key) => {
  const done = new Promise((resolve) => waiting.set(key, resolve));
  await queue.add("count", { key }, { removeOnComplete: true });
  return await done;
});
