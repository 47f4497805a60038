// https://docs.bullmq.io/guide/going-to-production: a worker never gives up, a queue fails fast.
import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { dns, host, isGuide, name, port, run, way } from "./loop.mjs";

const forWorker = { maxRetriesPerRequest: null };
const forQueue = isGuide ? { maxRetriesPerRequest: 1 } : {};

/** The options of a client for BullMQ. */
async function optionsOf(more) {
  if (way !== "srv-dialer") return { host, port, ...more };
  const { dnsResolver } = await import("srv-dialer");
  const { srvConnector } = await import("srv-dialer/ioredis");
  const Connector = srvConnector({ resolver: dnsResolver({ servers: [dns] }) });
  return { host: name, Connector, ...more };
}

const waiting = new Map();
const counter = new Redis(await optionsOf(forWorker));
const queue = new Queue("mails", { connection: await optionsOf(forQueue) });
const worker = new Worker("mails", work, { connection: await optionsOf(forWorker) });
for (const each of [counter, queue, worker]) each.on("error", () => {});

async function work({ data: { key } }) {
  const written = await counter.incr(key);
  waiting.get(key)?.([written, await counter.get(key)]);
  waiting.delete(key);
}

/** A job that its worker has done. */
await run(async (key) => {
  const done = new Promise((resolve) => waiting.set(key, resolve));
  await queue.add("count", { key }, { removeOnComplete: true });
  return await done;
});
