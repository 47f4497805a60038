import type { Fault, Repair } from "../plays/faults/fault.ts";
import { faults } from "../plays/faults/index.ts";
import { drainRedisHost } from "../plays/faults/redis-faults.ts";
import type { Stage } from "../plays/stage/stage.ts";

/** The times of ECS' reactions to a lost host. In AWS these are minutes. */
const LOSS = { noticedAfter: 500, leaseTime: 1_000, replacedAfter: 500 };

/** A way to move Redis. */
interface Move {
  /** Its share of ten rounds. */
  readonly ofTen: number;
  /** Starts to move Redis. Returns a function that restores the hosts, if it is needed. */
  readonly begin: (stage: Stage) => Promise<void> | Repair | void;
}

export type MoveName = "drain" | "kill" | "lose-host" | "deploy";

export const MOVES: Readonly<Record<MoveName, Move>> = {
  drain: { ofTen: 5, begin: drainRedisHost },
  kill: { ofTen: 2, begin: ({ ecs, redisTask: { id } }) => ecs.faults.kill(id) },
  "lose-host": {
    ofTen: 2,
    begin: ({ ecs, redisTask: { host = "" } }) => ecs.faults.loseHost(host, LOSS),
  },
  deploy: { ofTen: 1, begin: ({ ecs, setup }) => ecs.forceNewDeployment(setup.services.redis) },
};

/** A fault of a round. Each part has only one active fault at a time. */
export interface SoakFault {
  readonly part: "redis" | "dns" | "api" | "app";
  readonly begin: Fault["begin"];
  /** Whether it needs a repair. */
  readonly lasts: boolean;
}

/** @param begin with the id of a task of the app */
const ofApp = (
  begin: (stage: Stage, id: string) => ReturnType<Fault["begin"]>,
  lasts = true,
): SoakFault => ({
  part: "app",
  lasts,
  begin: (stage) => begin(stage, stage.appTasks[0]?.id ?? ""),
});

/** The faults of a soak, by name: rows of the table, and what only a soak plays. */
export const SOAK_FAULTS: Readonly<Record<string, SoakFault>> = {
  ...Object.fromEntries(
    faults.flatMap(({ name, begin, soak }) =>
      soak ? [[name, { begin, lasts: true, ...soak }] as const] : [],
    ),
  ),
  rewrite: {
    part: "redis",
    lasts: false,
    begin: async (stage) => {
      await stage.readRedis((redis) => redis.bgrewriteaof());
      return undefined;
    },
  },
  "cloud-map-api-throttled": {
    part: "api",
    lasts: true,
    begin: ({ ecs }) => {
      ecs.faults.cloudMapApi("throttled");
      return () => ecs.faults.cloudMapApi(undefined);
    },
  },
  "kill-app": ofApp(({ ecs }, id) => {
    ecs.faults.kill(id);
    return undefined;
  }, false),
  "freeze-app": ofApp(({ ecs }, id) => {
    ecs.faults.freeze(id);
    return () => ecs.faults.thaw(id);
  }),
  "partition-app": ofApp(async ({ ecs }, id) => {
    await ecs.faults.partition(id, true);
    return () => ecs.faults.partition(id, false);
  }),
  "app-deploy": ofApp(({ ecs, setup }) => {
    ecs.forceNewDeployment(setup.services.app);
    return undefined;
  }, false),
};

/** @throws an error for a name of no fault */
export function soakFault(name: string): SoakFault {
  const found = SOAK_FAULTS[name];
  if (found) return found;
  throw new Error(`unknown fault ${name}`);
}
