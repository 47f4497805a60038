import { setTimeout } from "node:timers/promises";
import type { TaskState } from "../../ecs/state.ts";
import type { Stage } from "../stage/stage.ts";
import { type Breakage, lasting, type Mend } from "./fault.ts";

/** What happens to Redis itself. */

export const killed: Breakage = {
  title: "Redis is killed",
  inAws: "a crash, or the kernel's memory killer",
  begin: async (stage) => {
    await killRedis(stage);
    return undefined;
  },
};

export const frozen: Breakage = {
  title: "Redis is frozen for 8 s",
  inAws: "a fork of much memory, storage that does not answer, a stolen CPU",
  begin: async ({ ecs, redisTask: { id } }) => {
    ecs.faults.freeze(id);
    return () => ecs.faults.thaw(id);
  },
  // Shorter than the three failed health checks after which ECS replaces it.
  lasts: lasting(8_000),
};

/** What each key takes to load while storage is slow: 5 s for the seeded ones, and a little more. */
const SLOW_KEY_MICROS = 250;
/** Milliseconds: four times what the load takes. */
const SLOW_FOR = 20_000;

export const slowStorage: Breakage = {
  title: "Redis is killed, and storage is slow for 20 s",
  inAws: "EFS without burst credits, or much data",
  begin: async (stage) => {
    stage.ecs.faults.slowStorage({ keyLoadDelayMicros: SLOW_KEY_MICROS });
    await killRedis(stage);
    return () => stage.ecs.faults.slowStorage(undefined);
  },
  lasts: lasting(SLOW_FOR),
};

export const hostLost: Breakage = {
  title: "the host of Redis is lost",
  inAws: "a machine that fails or is cut off; noticed after minutes there, after 2 s here",
  begin: async ({ ecs, redisTask: { host = "" } }) => {
    ecs.faults.loseHost(host);
    return undefined;
  },
  lasts: async (stage) => {
    const isLost = () => stage.ecs.faults.active.some(({ fault }) => fault === "loseHost");
    await stage.until("another host is there", () => !isLost());
  },
};

export const partitioned: Breakage = {
  title: "the network to Redis is cut for 8 s",
  inAws: "a security group changed by mistake, zones that do not reach each other",
  begin: async ({ ecs, setup }) => {
    await ecs.faults.partition(setup.services.redis, true);
    return () => ecs.faults.partition(setup.services.redis, false);
  },
  lasts: lasting(8_000),
};

export const diskFull: Breakage = {
  title: "the volume of Redis is full for 8 s",
  inAws: "a quota, or a local disk in place of EFS",
  begin: async ({ ecs, setup }) => {
    await ecs.faults.diskFull(setup.services.redis, true);
    return () => ecs.faults.diskFull(setup.services.redis, false);
  },
  lasts: lasting(8_000),
};

export const portReused: Breakage = {
  title: "Redis moves, and another task gets its port",
  inAws: "dynamic ports, while DNS still says the old one",
  begin: async (stage) => {
    const { ecs, setup } = stage;
    const moving = moveRedis(stage);
    await ecs.faults.reusePort(setup.services.redis, true);
    const reactivate = await moving;
    await setTimeout(3_000, undefined, { signal: stage.signal });
    return async () => {
      await ecs.faults.reusePort(setup.services.redis, false);
      await reactivate();
    };
  },
};

export const moved: Breakage = {
  title: "the host of Redis is drained",
  inAws: "an update of the hosts",
  begin: async (stage) => {
    const { id, host = "" } = stage.redisTask;
    stage.ecs.drainHost(host);
    await stage.until("Redis is elsewhere", () => stage.redisTasks.some((task) => task.id !== id));
    return () => stage.ecs.activateHost(host);
  },
};

/** Milliseconds in which a Redis that waits for nothing has long begun to serve. */
const LONG_ENOUGH = 3_000;

/**
 * Redis hangs until ECS starts another one, and goes on while that one is there: ECS' own overlap
 * (https://github.com/aws/containers-roadmap/issues/959).
 * @param onOverlap told while both are there, and the second has had its time to start
 */
export const overlapped = (
  onOverlap: (second: TaskState) => Promise<void> = async () => {},
): Breakage => ({
  title: "ECS starts a second Redis while the first hangs",
  inAws: "a replacement that starts before the old task has ended",
  begin: async (stage) => {
    const { ecs, redisTask: first } = stage;
    ecs.faults.overlap(true);
    ecs.faults.freeze(first.id);
    const isSecond = ({ id }: TaskState): boolean => id !== first.id;
    const second = await stage.until("a second Redis is started", () =>
      stage.redisTasks.find(isSecond),
    );
    await setTimeout(LONG_ENOUGH, undefined, { signal: stage.signal });
    await onOverlap(second);
    ecs.faults.thaw(first.id);
    return () => ecs.faults.overlap(false);
  },
});

async function killRedis(stage: Stage): Promise<void> {
  const { id } = stage.redisTask;
  stage.ecs.faults.kill(id);
  await stage.until("Redis is gone", () => stage.redisTasks.every((task) => task.id !== id));
}

/** Drains the host of Redis and waits until it is healthy elsewhere; gives how to take the host back. */
export async function moveRedis(stage: Stage): Promise<Mend> {
  const { id, host = "" } = stage.redisTask;
  stage.ecs.drainHost(host);
  await stage.untilRedisHealthy(id);
  return () => stage.ecs.activateHost(host);
}

/** A breakage under which Redis moves, and which lasts a little longer than the move. */
export function whileMoving(
  breakage: Pick<Breakage, "title" | "inAws"> & { switch: (stage: Stage, on: boolean) => void },
): Breakage {
  return {
    ...breakage,
    begin: async (stage) => {
      breakage.switch(stage, true);
      const reactivate = await moveRedis(stage);
      await setTimeout(3_000, undefined, { signal: stage.signal });
      return async () => {
        breakage.switch(stage, false);
        await reactivate();
      };
    },
  };
}
