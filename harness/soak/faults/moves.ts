import { sum } from "d3-array";
import { setTimeout as delay } from "node:timers/promises";
import type { Repair } from "../../plays/faults/fault.ts";
import type { Stage } from "../../plays/stage/stage.ts";
import { monotonic } from "../clock.ts";
import type { SoakRecord } from "../record.ts";
import type { MoveName } from "../schedule/names.ts";
import { isSyncing } from "./syncing.ts";

/** When the consequences of a lost host come: minutes in AWS. */
const LOSS = { noticedAfter: 500, leaseTime: 1_000, replacedAfter: 500 };

/** Milliseconds, and a little more: Redis does what waits ten times a second. */
const TICK = 150;

/** Begins to move Redis. Returns what puts the hosts back. */
type BeginMove = (stage: Stage, record: SoakRecord) => Promise<Repair> | Repair;

export const moves: Readonly<Record<MoveName, BeginMove>> = {
  drain: ({ ecs, redisTask: { host = "" } }) => {
    ecs.drainHost(host);
    return () => {
      const isDraining = ecs.hosts.some(({ id, status }) => id === host && status === "DRAINING");
      if (isDraining) ecs.activateHost(host);
    };
  },
  kill: async (stage, { killsInSync }) => {
    const task = stage.redisTask;
    const syncing = (): boolean => isSyncing(stage.pidOf(task) ?? 0);
    const before = syncing();
    // What waited for a sync is written with the next command, or at the next tick of Redis.
    await delay(TICK);
    const isInSync = before || syncing();
    stage.ecs.faults.kill(task.id);
    if (isInSync) killsInSync.push(monotonic());
    return () => {};
  },
  "lose-host": async ({ ecs, redisTask: { host = "" } }, { losses }) => {
    const lost = ecs.faults.loseHost(host, LOSS);
    const loss = { at: monotonic(), bytes: 0 };
    losses.push(loss);
    loss.bytes = sum(await lost, ({ bytes }) => bytes);
    return () => {};
  },
  deploy: ({ ecs, setup }) => {
    ecs.forceNewDeployment(setup.services.redis);
    return () => {};
  },
};
