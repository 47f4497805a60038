import { setTimeout } from "node:timers/promises";
import { FAULTS, SLOW_KEY_MICROS } from "../../ecs/base/fault-primitives.ts";
import type { HostLossOptions, TaskState } from "../../ecs/index.ts";
import type { Stage } from "../stage/stage.ts";
import {
  expectAllAnswered,
  expectNoticed,
  expectOneRedisStart,
  expectRecovery,
  expectWaiting,
  expectWholeRecovery,
} from "./expectations.ts";
import { type Fault, MINUTES_AS_SECONDS, type Repair } from "./fault.ts";

// What happens to Redis itself.

const redisMoved: Fault = {
  name: "drain",
  aliases: ["redis-moves"],
  title: "the host of Redis is drained",
  inAws: "an update of the hosts",
  inOldSetup: true,
  begin: drainRedisHost,
  meanwhile: async (stage) => {
    const isElsewhere = ({ host }: TaskState): boolean =>
      stage.ecs.hosts.some(({ id, status }) => id === host && status === "ACTIVE");
    await stage.until("Redis has moved", () => stage.redisTasks.some(isElsewhere));
    return undefined;
  },
  button: {
    title: "Move Redis",
    description:
      "Drains the host of Redis: Redis and the app tasks on that host stop and start on another host and port.",
    needsRedis: true,
  },
};

/** In the first minute the restart policy does not apply, so ECS starts a new task. */
const redisKilled: Fault = {
  name: FAULTS.kill.command,
  title: "Redis is killed in its first minute",
  inAws: "a crash soon after a start: ECS starts another task",
  primitive: "kill",
  inOldSetup: true,
  begin: killRedis,
  button: {
    title: "Kill Redis",
    description:
      "Redis crashes (SIGKILL). ECS starts another task or, if Redis has run for a minute, restarts it in the same task.",
    needsRedis: true,
  },
};

const slowStorage =
  (keyLoadDelayMicros: number): Fault["begin"] =>
  ({ ecs }) => {
    ecs.faults.slowStorage({ keyLoadDelayMicros });
    return () => ecs.faults.slowStorage(undefined);
  };

export const storageSlow: Fault = {
  name: FAULTS.slowStorage.command,
  title: "Redis is killed, and storage is slow",
  inAws: "EFS without burst credits, or much data",
  primitive: "slowStorage",
  inOldSetup: true,
  begin: slowStorage(SLOW_KEY_MICROS),
  meanwhile: killRedis,
  // Four times the load time.
  lasts: 20_000,
  button: {
    title: "Slow EFS",
    description:
      "A Redis that starts now takes at least 5 s longer to load its data. Move or kill Redis to see the effect.",
    lasting: { state: "EFS is slow", repairTitle: "Make EFS fast again" },
  },
  // The commands and keys then take about a second.
  soak: { part: "redis", begin: slowStorage(50) },
};

const redisFrozen: Fault = {
  name: FAULTS.freeze.command,
  title: "Redis is frozen",
  inAws: "a fork of much memory, storage that does not answer, a stolen CPU",
  primitive: "freeze",
  inOldSetup: true,
  begin: ({ ecs, redisTask: { id } }) => {
    ecs.faults.freeze(id);
    return () => ecs.faults.thaw(id);
  },
  // Shorter than five minutes, after which ECS replaces a stalled Redis.
  lasts: 8_000,
  expect: expectWaiting,
  button: {
    title: "Freeze Redis",
    description: "Its task hangs: connections stay open, but get no answers.",
    needsRedis: true,
    lasting: { state: "Redis is frozen", repairTitle: "Thaw Redis" },
  },
  scenario: {
    description:
      "Redis is frozen for some seconds and then continues: users get error responses, and nothing is restarted.",
    needs: ["separate"],
  },
  soak: { part: "redis" },
};

/** @param timing when ECS notices the loss and replaces the host */
const loseHost =
  (timing?: HostLossOptions): Fault["begin"] =>
  async (stage) => {
    const { host = "" } = stage.redisTask;
    stage.ecs.faults.loseHost(host, timing);
    return () => {
      if (isHostLost(stage)) stage.ecs.faults.restoreHost(host);
    };
  };

const hostLost: Fault = {
  name: FAULTS.loseHost.command,
  title: "the host of Redis is lost",
  inAws:
    "a machine that fails or is cut off; noticed there when EC2 or a person ends it, after 2 s here",
  primitive: "loseHost",
  inOldSetup: true,
  begin: loseHost(),
  meanwhile: async (stage) => {
    await stage.until("the host is replaced", () => !isHostLost(stage));
    return undefined;
  },
  expect: (stage, impact) => {
    const { results, ecs } = stage;
    expectOneRedisStart(stage, impact);
    const active = ecs.hosts.filter(({ status }) => status === "ACTIVE").length;
    const claim = `${stage.hosts} hosts are active again`;
    results.expect(claim, active === stage.hosts, `${active} hosts`);
    expectNoticed(stage, impact);
    expectRecovery(stage, impact, 15_000);
    // An app on a live host still has its connection to the lost host.
    expectWholeRecovery(stage, impact, 30_000);
  },
  button: {
    title: "Lose a host",
    description:
      "The host of Redis stops answering. Here it is replaced after 5 s; in AWS, when EC2 or a person ends it.",
    needsRedis: true,
    lasting: { state: "a host is lost", repairTitle: "Bring the host back" },
    begin: loseHost({ noticedAfter: 5_000, leaseTime: 8_000, replacedAfter: 3_000 }),
  },
  scenario: {
    description:
      "A host with Redis and app tasks stops answering: they start on another host, Redis as soon as the lost one's lock is free.",
    needs: ["separate"],
  },
};

const isHostLost = ({ ecs }: Stage): boolean =>
  ecs.faults.active.some(({ fault }) => fault === "loseHost");

const diskFull: Fault = {
  name: FAULTS.diskFull.command,
  title: "the volume of Redis is full",
  inAws: "a quota, or a local disk in place of EFS",
  primitive: "diskFull",
  inOldSetup: true,
  begin: async ({ ecs, setup }) => {
    await ecs.faults.diskFull(setup.services.redis, true);
    return () => ecs.faults.diskFull(setup.services.redis, false);
  },
  lasts: 8_000,
  expect: expectWaiting,
  scenario: {
    description:
      "Redis cannot append to its file for some seconds: it refuses writes, so no acknowledged write is lost, and then accepts them again.",
    needs: ["separate"],
  },
};

/** Milliseconds. A Redis that does not wait for a lock serves sooner. */
const LONG_ENOUGH = 3_000;

/** Milliseconds. The app's health checks in the old setup notice a hanging Redis after a minute. */
const REPLACED_WITHIN = 120_000;

/**
 * Redis hangs until ECS starts another one, and then continues while both run: the overlap of ECS
 * (https://github.com/aws/containers-roadmap/issues/959).
 * @param onOverlap called while both run, after the second has had time to start
 */
export const overlap = (
  onOverlap: (second: TaskState) => Promise<void> = async () => {},
): Fault => ({
  name: FAULTS.overlap.command,
  title: "ECS starts a second Redis while the first hangs",
  inAws:
    "a replacement that starts before the old task has ended; minutes there, half a minute here",
  speed: MINUTES_AS_SECONDS,
  primitive: "overlap",
  inOldSetup: true,
  begin: ({ ecs }) => {
    ecs.faults.overlap(true);
    return () => ecs.faults.overlap(false);
  },
  meanwhile: async (stage) => {
    const { ecs, redisTask: first, signal } = stage;
    ecs.faults.freeze(first.id);
    const isSecond = ({ id }: TaskState): boolean => id !== first.id;
    const second = await stage.until(
      "a second Redis is started",
      () => stage.redisTasks.find(isSecond),
      REPLACED_WITHIN,
    );
    await setTimeout(LONG_ENOUGH, undefined, { signal });
    await onOverlap(second);
    ecs.faults.thaw(first.id);
    return undefined;
  },
  soak: { part: "redis" },
});

const partition: Fault = {
  name: FAULTS.partition.command,
  title: "the network to Redis is cut",
  inAws: "a security group changed by mistake, zones that do not reach each other",
  primitive: "partition",
  begin: async ({ ecs, setup }) => {
    await ecs.faults.partition(setup.services.redis, true);
    return () => ecs.faults.partition(setup.services.redis, false);
  },
  lasts: 8_000,
  expect: expectWaiting,
  button: {
    title: "Cut the network to Redis",
    description: "All packets to and from Redis are dropped.",
    lasting: { state: "the network to Redis is cut", repairTitle: "Connect Redis again" },
    notInOldSetup: "app and Redis are in one task, with no network between them",
  },
  scenario: {
    description:
      "For some seconds all packets to and from Redis are dropped: users get error responses, and nothing is restarted.",
    needs: ["separate"],
  },
  soak: { part: "redis" },
};

const portReuse: Fault = {
  name: FAULTS.reusePort.command,
  title: "Redis moves, and another task gets its port",
  inAws: "dynamic ports, while DNS still says the old one",
  primitive: "reusePort",
  begin: async (stage) => {
    const { ecs, setup, signal } = stage;
    const moving = moveRedis(stage);
    await ecs.faults.reusePort(setup.services.redis, true);
    const reactivate = await moving;
    await setTimeout(LONG_ENOUGH, undefined, { signal });
    return async () => {
      await ecs.faults.reusePort(setup.services.redis, false);
      await reactivate();
    };
  },
  expect: (stage, impact) => {
    expectAllAnswered(stage, impact);
    expectOneRedisStart(stage, impact);
    // Tasks that started in the meantime serve at once. The others had connections to the old port.
    expectWholeRecovery(stage, impact, 5_000);
  },
  scenario: {
    description:
      "Redis moves, and another program listens on its old port while DNS still has the old record: the app notices that it is not Redis.",
    needs: ["separate", "srv"],
  },
};

export const redisFaults: readonly Fault[] = [
  redisMoved,
  redisKilled,
  redisFrozen,
  storageSlow,
  hostLost,
  diskFull,
  overlap(),
  partition,
  portReuse,
];

/** Kills Redis and waits until its process has ended. ECS replaces the task or restarts the container. */
export async function killRedis(stage: Stage): Promise<undefined> {
  const { id } = stage.redisTask;
  const pid = stage.pidOf(stage.redisTask);
  stage.ecs.faults.kill(id);
  const isSame = (task: TaskState): boolean => task.id === id && stage.pidOf(task) === pid;
  await stage.until("Redis is gone", () => !stage.redisTasks.some(isSame));
}

/** Drains the host of Redis. Returns a function that activates the host again. */
export function drainRedisHost({ ecs, redisTask: { host = "" } }: Stage): Repair {
  ecs.drainHost(host);
  return () => {
    const isDraining = ecs.hosts.some(({ id, status }) => id === host && status === "DRAINING");
    if (isDraining) ecs.activateHost(host);
  };
}

/**
 * Drains the host of Redis and waits until Redis is healthy on another. Returns a function that activates the host
 * again.
 */
async function moveRedis(stage: Stage): Promise<Repair> {
  const { id } = stage.redisTask;
  const takeBack = drainRedisHost(stage);
  await stage.untilRedisHealthy(id);
  return takeBack;
}

/** Redis moves during a fault that lasts a little longer than the move. */
export async function redisMoves(stage: Stage): Promise<Repair> {
  const takeBack = await moveRedis(stage);
  await setTimeout(LONG_ENOUGH, undefined, { signal: stage.signal });
  return takeBack;
}

/** Milliseconds within which an app that does not need DNS finds a moved Redis. */
const FOUND_WITHIN = 15_000;

/** Redis moves during a fault. The fault lasts until the app serves again, or long enough to show that it does not. */
export async function redisMovesAndIsFound(stage: Stage): Promise<Repair> {
  const takeBack = await moveRedis(stage);
  await stage.untilServedAfter(stage.now(), FOUND_WITHIN).catch(() => undefined);
  return takeBack;
}
