import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Queue, Worker } from "bullmq";
import { expect, it } from "vitest";

import { startRedis } from "../../../harness/ecs/programs/start-redis.ts";
import { dnsTo, leadTo } from "../support/dialing.ts";
import { createClient, until } from "../support/redis-clients.ts";

it("a BullMQ queue and its worker lose no job while Redis moves", async () => {
  const dir = await mkdtemp(join(tmpdir(), "bullmq-"));
  const args = "--appendonly yes --appendfsync always --maxmemory-policy noeviction".split(" ");
  const first = await startRedis({ dir, args });
  await using dns = await dnsTo(first.port);
  using producer = createClient(dns, { maxRetriesPerRequest: null });
  using consumer = createClient(dns, { maxRetriesPerRequest: null });
  const done = new Set<string>();
  const queue = new Queue("mails", { connection: producer.redis });
  const worker = new Worker("mails", async (job) => void done.add(job.name), {
    connection: consumer.redis,
    // A job that was active when Redis stopped is retried after this time, in ms.
    lockDuration: 1_000,
    stalledInterval: 1_000,
    maxStalledCount: 10,
  });
  // While Redis is down, both emit errors and retry.
  queue.on("error", () => {});
  worker.on("error", () => {});
  try {
    const early = Array.from({ length: 20 }, (_, index) => `early-${index}`);
    await Promise.all(early.map((name) => queue.add(name, {})));
    await until(() => done.size >= 5);
    await first.stop();
    const late = Array.from({ length: 20 }, (_, index) => `late-${index}`);
    const added = Promise.all(late.map((name) => queue.add(name, {})));
    await using second = await startRedis({ dir, args });
    leadTo(dns, second.port);
    await added;
    await until(() => done.size === 40);
    expect([...done].toSorted()).toEqual([...early, ...late].toSorted());
    await worker.close(true);
    await queue.close();
  } finally {
    await first.stop();
    await rm(dir, { recursive: true, force: true });
  }
});
