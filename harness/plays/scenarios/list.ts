// The list of scenarios. A command can list them and check names without loading one, which takes seconds.

import type { Need } from "../faults/fault.ts";
import { currentName, faults } from "../faults/index.ts";
import type { Scenario, Script } from "./scenario.ts";

interface Listed {
  /** What happens and what it shows, in one or two sentences. */
  readonly description: string;
  /** Whether it has its own stack and is not played in an environment of `environments.ts`. @default false */
  readonly hasOwnStack?: true;
  /** What it requires of a plan. @default it is only played in this repository's stacks */
  readonly needs?: readonly Need[];
  /** It takes seconds. */
  readonly load: () => Promise<Script>;
}

/** The scenarios about one fault. */
const ABOUT_FAULTS = faults.flatMap((fault): [string, Listed][] => {
  const load = async () => (await import("./single-fault.ts")).about(fault);
  return fault.scenario ? [[fault.name, { ...fault.scenario, load }]] : [];
});

/** All scenarios, in the order of the list. The first is the default. */
const LIST: Readonly<Record<string, Listed>> = {
  story: {
    description:
      "First deploy, app redeploy, Redis moves to another host and port, Redis loads slowly: users get no answer while Redis loads, and no longer; no acknowledged write is lost. All on this machine, without AWS.",
    needs: ["separate"],
    load: async () => (await import("./story.ts")).story,
  },
  before: {
    description:
      "App and Redis in one task: an app deploy starts a new Redis, and while Redis loads slowly, ECS restarts the whole task again and again if the app ends without Redis.",
    hasOwnStack: true,
    needs: ["together"],
    load: async () => (await import("./before.ts")).before,
  },
  after: {
    description:
      "The same events as in `before`, with Redis as a separate service: the app deploy starts no Redis, and a Redis that loads slowly is not restarted.",
    needs: ["separate"],
    load: async () => (await import("./story.ts")).after,
  },
  "redis-life": {
    description:
      "A crash needs no new task, a file system that stalls for two minutes causes no restart, a release that never starts is replaced by the next one, and a Redis that is deployed while EFS is away starts by itself when it is back. Minutes are seconds.",
    load: async () => (await import("./redis-lifecycle.ts")).redisLifeScenario,
  },
  "dns-outage": {
    description:
      "If Redis does not move, users notice nothing. If it moves, the app recovers with DNS; if DNS denies the name, the app asks the Cloud Map API.",
    needs: ["separate", "srv"],
    load: async () => (await import("./dns-outage.ts")).dnsOutage,
  },
  overlap: {
    description:
      "ECS starts a second Redis while the first one runs: it waits for the writer lock, and no acknowledged write is lost.",
    needs: ["separate"],
    load: async () => (await import("./overlap.ts")).overlapScenario,
  },
  "without-lock": {
    description:
      "The reason for the lock: without it and with ECS' default percentages, a deploy of Redis runs two servers on one folder, and acknowledged writes are lost.",
    hasOwnStack: true,
    load: async () => (await import("./overlap.ts")).withoutLockScenario,
  },
  "lease-lost": {
    description:
      "The host of Redis is cut off for longer than the lease of its locks: the next one takes over, the host comes back, and its Redis writes at the same time as the new one until its health check ends it.",
    load: async () => (await import("./lease-lost.ts")).leaseLostScenario,
  },
  ...Object.fromEntries(ABOUT_FAULTS),
  "service-connect": {
    description:
      "Redis moves under an app that finds it through SRV records, and under the same app behind ECS Service Connect. A client that was deployed before Redis does not find it. It needs root.",
    hasOwnStack: true,
    load: async () => (await import("./service-connect.ts")).serviceConnectScenario,
  },
  rotation: {
    description:
      "The rotation of docs/operations.md: the app changes to the second password of Redis, Redis is killed during that, and the old password gets a new value. No connection is refused.",
    hasOwnStack: true,
    load: async () => (await import("./rotation.ts")).rotationScenario,
  },
  "restore-drill": {
    description:
      "The restore drill of docs/operations.md: a backup reads the file system while Redis rewrites its file, and a second environment loads the copy of a scheduled task.",
    hasOwnStack: true,
    load: async () => (await import("./restore-drill.ts")).restoreDrillScenario,
  },
  migrate: {
    description:
      "The migration of docs/migration.md: the folder of Redis moves from the old task to a separate service, with one writer at a time and without loss.",
    hasOwnStack: true,
    load: async () => (await import("./migrate.ts")).migrateScenario,
  },
  "migrate-back": {
    description:
      "The way back of docs/migration.md, after users have moved: the old task serves the data of the new one.",
    hasOwnStack: true,
    load: async () => (await import("./migrate.ts")).migrateBackScenario,
  },
};

export const scenarioNames: readonly string[] = Object.keys(LIST);

/** @throws an error for an unknown name */
function listed(name: string): Listed {
  const found = LIST[currentName(name)];
  if (found) return found;
  throw new Error(`unknown scenario ${name}; allowed: ${scenarioNames.join(", ")}`);
}

export const descriptionOf = (name: string): string => listed(name).description;

/** Loads a scenario. */
export async function scenarioOf(name: string): Promise<Scenario> {
  const { description, load } = listed(name);
  return { name: currentName(name), description, ...(await load()) };
}

/** What a scenario requires of a plan. Undefined: it is not played in a plan. */
export const needsOf = (name: string): readonly Need[] | undefined => listed(name).needs;

export const hasOwnStack = (name: string): boolean => listed(name).hasOwnStack === true;
