import { stat } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { TaskState } from "../../../../harness/ecs/base/state.ts";
import { readSyncTable } from "../../../../harness/ecs/machine/sync-table.ts";
import type { Platform } from "../../../../harness/ecs/machine/platform.ts";
import { withLocalEcs, type Run } from "../fixture/local.ts";
import { auth, redisAlone } from "../fixture/one-redis.ts";
import { onlyTask, redis } from "../fixture/services.ts";
import { template } from "../fixture/template.ts";

const LOSS = { noticedAfter: 100, leaseTime: 300, replacedAfter: 100 };

const TEN = Array.from({ length: 10 }, () => "INCR n");

interface Policy {
  readonly appendfsync: "always" | "everysec" | "no";
  readonly user?: string;
  readonly platform?: Partial<Platform>;
}

/** Runs a Redis in a local ECS whose lost hosts lose unsynced data. */
async function withPolicy(
  { appendfsync, user, platform = {} }: Policy,
  use: (run: Run, task: TaskState) => Promise<void>,
): Promise<void> {
  const script = `exec 9<>/data/.writer.lock; flock -w 20 9 || exit 75
    exec redis-server --dir /data --appendonly yes --appendfsync ${appendfsync} --save "" --requirepass "$REDIS_PASSWORD"`;
  const redisContainer = { command: ["sh", "-c", script], user };
  const options = {
    template: template({ ...redisAlone, redisContainer }),
    healthLag: 10,
    losesUnsynced: true,
    platform,
  };
  await withLocalEcs(options, async (run) => {
    await run.ecs.waitUntilStable();
    await use(run, onlyTask(run.ecs, "test-redis"));
  });
}

/** Loses the host of Redis. Returns the lost bytes, and the next Redis. */
async function loseHostOf(task: TaskState, { ecs }: Run) {
  const lost = await ecs.faults.loseHost(task.host ?? "", LOSS);
  await expect.poll(() => ecs.faults.active).toEqual([]);
  await ecs.waitUntilStable();
  const bytes = lost.reduce((sum, file) => sum + file.bytes, 0);
  return { bytes, next: onlyTask(ecs, "test-redis") };
}

/** Increments a counter ten times. Returns the value that Redis acknowledged. */
async function count({ ecs }: Run, task: TaskState): Promise<number> {
  const replies = await redis(task, auth(ecs), ...TEN);
  return Number(replies[TEN.length]?.slice(1));
}

async function counted({ ecs }: Run, task: TaskState): Promise<number> {
  const [, length, value] = await redis(task, auth(ecs), "GET n");
  return length === "$-1" ? 0 : Number(value);
}

/** Waits until all data that Redis has written are synced. */
async function synced({ ecs }: Run, { id }: TaskState): Promise<void> {
  const folder = path.resolve(ecs.logFile(id), "../..");
  const aof = `${folder}/efs/aws_efs_file_system.data/redis/appendonlydir/appendonly.aof.1.incr.aof`;
  const isSynced = async (): Promise<boolean> => {
    const lengthOf = await readSyncTable(`${folder}/tasks/${id}/redis.syncs`);
    const file = await stat(aof, { bigint: true });
    return file.size > 0n && lengthOf(file) === Number(file.size);
  };
  await expect.poll(isSynced, { interval: 20 }).toBe(true);
}

describe("a lost host", () => {
  it.each<[string, Policy]>([
    ["", { appendfsync: "always" }],
    [", with another user", { appendfsync: "always", user: "999:999" }],
    [", without namespaces", { appendfsync: "always", platform: { pidNamespaces: false } }],
  ])("loses nothing with appendfsync always%s", async (_, policy) => {
    await withPolicy(policy, async (run, task) => {
      expect(await count(run, task)).toBe(10);
      const { bytes, next } = await loseHostOf(task, run);
      expect([bytes, await counted(run, next)]).toEqual([0, 10]);
    });
  });

  it("loses all acknowledged writes with appendfsync no", async () => {
    await withPolicy({ appendfsync: "no" }, async (run, task) => {
      expect(await count(run, task)).toBe(10);
      const { bytes, next } = await loseHostOf(task, run);
      expect(bytes).toBeGreaterThan(0);
      expect(await counted(run, next)).toBe(0);
    });
  });

  it("loses with appendfsync everysec only the writes after the last sync, at each loss", async () => {
    await withPolicy({ appendfsync: "everysec" }, async (run, first) => {
      await count(run, first);
      await synced(run, first);
      await count(run, first);
      const { next } = await loseHostOf(first, run);
      const kept = await counted(run, next);
      expect([10, 20]).toContain(kept);
      expect(await count(run, next)).toBe(kept + 10);
      await synced(run, next);
      const again = await loseHostOf(next, run);
      expect([again.bytes, await counted(run, again.next)]).toEqual([0, kept + 10]);
    });
  });

  it("loses nothing if it comes back before ECS notices", async () => {
    await withPolicy({ appendfsync: "no" }, async (run, task) => {
      await count(run, task);
      const { faults } = run.ecs;
      const never = { noticedAfter: 60_000, leaseTime: 60_000 };
      const lost = await faults.loseHost(task.host ?? "", never);
      expect(lost).toHaveLength(1);
      faults.restoreHost(task.host ?? "");
      expect(await count(run, task)).toBe(20);
      // The file is complete: another Redis reads all of it.
      run.ecs.faults.kill(task.id);
      await expect.poll(() => run.ecs.task(task.id).status).toBe("STOPPED");
      await run.ecs.waitUntilStable();
      expect(await counted(run, onlyTask(run.ecs, "test-redis"))).toBe(20);
    });
  });

  it("keeps a rewritten file", async () => {
    await withPolicy({ appendfsync: "always" }, async (run, task) => {
      await count(run, task);
      await redis(task, auth(run.ecs), "BGREWRITEAOF");
      const isOver = async (): Promise<boolean> => {
        const lines = await redis(task, auth(run.ecs), "INFO persistence");
        return lines.includes("aof_rewrite_in_progress:0") && lines.includes("aof_rewrites:1");
      };
      await expect.poll(isOver).toBe(true);
      await count(run, task);
      const { next } = await loseHostOf(task, run);
      expect(await counted(run, next)).toBe(20);
    });
  });
});
