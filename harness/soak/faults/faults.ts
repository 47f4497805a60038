import type { TaskState } from "../../ecs/index.ts";
import type { Fault } from "../../plays/faults/fault.ts";
import { faults } from "../../plays/faults/index.ts";
import type { Stage } from "../../plays/stage/stage.ts";

/** A fault of a round. Each part has only one active fault at a time. */
export interface SoakFault {
  readonly part: "redis" | "dns" | "api" | "app";
  readonly begin: Fault["begin"];
  /** Whether it needs a repair. */
  readonly lasts: boolean;
}

const anApp = ({ appTasks }: Stage): TaskState => {
  const [task] = appTasks;
  if (task) return task;
  throw new Error("no task of the app runs");
};

const ofApp = (begin: Fault["begin"], lasts = true): SoakFault => ({ part: "app", begin, lasts });

/** The rows that are played in a soak. */
const ROWS = faults.flatMap(({ name, begin, soak }): [string, SoakFault][] =>
  soak ? [[name, { begin, lasts: true, ...soak }]] : [],
);

/** The faults of a soak, by name: rows of the table, and what only a soak plays. */
export const FAULTS: Readonly<Record<string, SoakFault>> = {
  ...Object.fromEntries(ROWS),
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
  "kill-app": ofApp((stage) => {
    stage.ecs.faults.kill(anApp(stage).id);
    return undefined;
  }, false),
  "freeze-app": ofApp((stage) => {
    const { id } = anApp(stage);
    stage.ecs.faults.freeze(id);
    return () => stage.ecs.faults.thaw(id);
  }),
  "partition-app": ofApp(async (stage) => {
    const { id } = anApp(stage);
    await stage.ecs.faults.partition(id, true);
    return () => stage.ecs.faults.partition(id, false);
  }),
  "app-deploy": ofApp(({ ecs, setup }) => {
    ecs.forceNewDeployment(setup.services.app);
    return undefined;
  }, false),
};

/** @throws an error for a name of no fault */
export function soakFault(name: string): SoakFault {
  const found = FAULTS[name];
  if (found) return found;
  throw new Error(`unknown fault ${name}`);
}
