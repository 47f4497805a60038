import type { FaultName } from "../../ecs/index.ts";
import type { Stage } from "../../plays/stage/stage.ts";

/** A thing that one can do to the running environment. */
export interface Action {
  /** As in its address, `kill-redis`. */
  readonly name: string;
  readonly title: string;
  /** What happens then. */
  readonly description: string;
  /** Not possible while no Redis runs. */
  readonly needsRedis?: boolean;
  /** Resolves once all that follows from it has happened; a fault that lasts has then begun. */
  readonly run: (stage: Stage) => Promise<void> | void;
  /** For a fault that lasts. */
  readonly lasting?: {
    readonly fault: FaultName;
    readonly undoTitle: string;
    /** @param target what the fault hit */
    readonly undo: (stage: Stage, target: string) => Promise<void> | void;
  };
}

/** Milliseconds that a deployment or a move may take. */
const PATIENCE = 120_000;

/** With the keys that the first deploy writes: five seconds of loading. */
const SLOW_KEY_MICROS = 250;

export const actions: readonly Action[] = [
  {
    name: "deploy-app",
    title: "Deploy app",
    description: "Another release of the app, and nothing else: Redis does not notice.",
    run: async ({ ecs, setup }) => {
      await ecs.apply(setup.release({ tag: nextTag() }));
      await ecs.waitUntilStable({ timeout: PATIENCE });
    },
  },
  {
    name: "move-redis",
    title: "Move Redis",
    description: "Its host is drained: Redis stops there and starts elsewhere, on another port.",
    needsRedis: true,
    run: moveRedis,
  },
  {
    name: "kill-redis",
    title: "Kill Redis",
    description: "SIGKILL: a crash, or the kernel's memory killer. ECS starts another.",
    needsRedis: true,
    run: ({ ecs, redisTask }) => ecs.faults.kill(redisTask.id),
  },
  {
    name: "freeze-redis",
    title: "Freeze Redis",
    description:
      "It hangs: connections stay open and nobody answers, until its health check fails.",
    run: ({ ecs, redisTask }) => ecs.faults.freeze(redisTask.id),
    lasting: {
      fault: "freeze",
      undoTitle: "Thaw Redis",
      undo: ({ ecs }, taskId) => ecs.faults.thaw(taskId),
    },
  },
  {
    name: "slow-efs",
    title: "Slow EFS",
    description: "Every Redis that starts from now on loads its data for five seconds more.",
    run: ({ ecs }) => ecs.faults.slowStorage({ keyLoadDelayMicros: SLOW_KEY_MICROS }),
    lasting: {
      fault: "slowStorage",
      undoTitle: "Make EFS quick",
      undo: ({ ecs }) => ecs.faults.slowStorage(undefined),
    },
  },
  {
    name: "lose-host",
    title: "Lose a host",
    description:
      "The host of Redis falls silent. ECS gives it up after a while, and another comes.",
    run: ({ ecs, redisTask }) => ecs.faults.loseHost(redisTask.host ?? "", HOST_LOSS),
    lasting: {
      fault: "loseHost",
      undoTitle: "Bring the host back",
      undo: ({ ecs }, host) => ecs.faults.restoreHost(host),
    },
  },
  {
    name: "dns-outage",
    title: "DNS outage",
    description: "The VPC's resolver answers nothing any more. Whoever is connected stays so.",
    run: ({ ecs }) => ecs.faults.dns("down"),
    lasting: {
      fault: "dns",
      undoTitle: "End the DNS outage",
      undo: ({ ecs }) => ecs.faults.dns(undefined),
    },
  },
  {
    name: "cut-off-redis",
    title: "Cut off Redis",
    description: "Nothing passes between Redis and everybody else, and nothing is refused.",
    run: ({ ecs, setup }) => ecs.faults.partition(setup.services.redis, true),
    lasting: {
      fault: "partition",
      undoTitle: "Connect Redis again",
      undo: ({ ecs }, target) => ecs.faults.partition(target, false),
    },
  },
];

/** Time enough to think better of it, in ms. */
const HOST_LOSS = { noticedAfter: 5_000, leaseTime: 8_000, replacedAfter: 3_000 };

let releases = 0;
const nextTag = (): string => `1.0.${++releases}`;

async function moveRedis(stage: Stage): Promise<void> {
  const { ecs, redisTask } = stage;
  const host = redisTask.host ?? "";
  ecs.drainHost(host);
  try {
    await stage.untilRedisHealthy(redisTask.id, PATIENCE);
    await ecs.waitUntilStable({ timeout: PATIENCE });
  } finally {
    const isThere = ecs.hosts.some(({ id, status }) => id === host && status === "DRAINING");
    if (isThere) ecs.activateHost(host);
  }
}
