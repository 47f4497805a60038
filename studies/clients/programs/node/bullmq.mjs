// https://docs.bullmq.io/guide/going-to-production: a worker never gives up, a queue fails fast.
import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { dns, host, isGuide, name, port, run, way } from "./loop.mjs";

const forWorker = { maxRetriesPerRequest: null };
const forQueue = isGuide ? { maxRetriesPerRequest: 1 } : {};

/** Options of a client for BullMQ, or a client. */
async function connectionWith(more) {
  if (way !== "srv-dialer") return { host, port, ...more };
  const { dnsResolver } = await import("srv-dialer");
  const { createRedis } = await import("srv-dialer/ioredis");
  const resolver = dnsResolver({ servers: [dns] });
  return createRedis(`redis+srv://${name}`, more, { resolver }).on("error", () => {});
}

const waiting = new Map();
const connection = await connectionWith(forWorker);
const counter = connection.duplicate?.() ?? new Redis(connection);
const queue = new Queue("mails", { connection: await connectionWith(forQueue) });
const worker = new Worker("mails", work, { connection });
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
