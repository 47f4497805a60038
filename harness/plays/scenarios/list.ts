// What a list of the scenarios needs: data alone, so that a command can list them and check names without
// loading the scenarios themselves, which takes seconds.

/** What a scenario needs of a plan: where Redis is, and whether it is found through SRV records. */
export type Need = "together" | "separate" | "srv";

/** A scenario in the list. */
interface Listed {
  /** What happens and what it shows, in one or two sentences. */
  readonly description: string;
  /** It has a stack of its own, and is played in no environment of `environments.ts`. @default false */
  readonly hasOwnStack?: true;
  /** What it needs of a plan. @default it is played in this repository's stacks alone */
  readonly needs?: readonly Need[];
}

/** Every scenario, in the order of the list; the first is played by default. */
const LIST = {
  story: {
    description:
      "First deploy, app redeploy, Redis moves to another host and port, Redis loads slowly: the app keeps serving, and no acknowledged write is lost.",
    needs: ["separate"],
  },
  before: {
    description:
      "App and Redis in one task: an app deploy starts a new Redis, and while Redis loads slowly, ECS restarts the whole task again and again.",
    hasOwnStack: true,
    needs: ["together"],
  },
  after: {
    description:
      "The same events as in `before`, with Redis as a separate service: the app deploy starts no Redis, and a Redis that loads slowly is not restarted.",
    needs: ["separate"],
  },
  "redis-moves": {
    description:
      "The host of Redis is drained: Redis starts on another host and port, and the app finds it there.",
    needs: ["separate"],
  },
  "slow-load": {
    description:
      "Redis is killed while EFS is slow: it loads as long as it needs, and neither Redis nor the app is restarted.",
    needs: ["separate"],
  },
  "redis-life": {
    description:
      "A crash costs no new task, a file system that stalls for two minutes no restart, and a release that never starts fails instead of hanging. Minutes are seconds.",
  },
  "host-lost": {
    description:
      "Everything on one host falls silent at once: Redis and the app's tasks start elsewhere, Redis as soon as the lost one's lock is free.",
    needs: ["separate"],
  },
  "dns-outage": {
    description:
      "While Redis stays, no user notices. While it moves, the app comes back when DNS does; if DNS denies the name, the Cloud Map API is asked.",
    needs: ["separate", "srv"],
  },
  overlap: {
    description:
      "ECS starts a second Redis while the first one runs: it waits for the writer lock, and no acknowledged write is lost.",
    needs: ["separate"],
  },
  "without-lock": {
    description:
      "Why there is a lock: without it and with ECS' default percentages, a deploy of Redis runs two servers on one folder, and acknowledged writes are lost.",
    hasOwnStack: true,
  },
  "lease-lost": {
    description:
      "The host of Redis is cut off for longer than the lease of its locks: the next one takes over, the host comes back, and its Redis writes beside the new one until its health check ends it.",
  },
  "bad-deploy": {
    description:
      "An app release whose tasks end at once: the circuit breaker rolls it back, users and Redis notice nothing.",
    needs: [],
  },
  storm: {
    description:
      "Redis moves under 200 clients, each with its own dialer. All reconnect, those that also ask the Cloud Map API within seconds, and DNS is not flooded.",
    needs: ["separate", "srv"],
  },
  partition: {
    description:
      "For some seconds nothing passes to or from Redis, and nothing is refused: users are asked to try again, nothing is restarted.",
    needs: ["separate"],
  },
  frozen: {
    description:
      "Redis is frozen for some seconds and then continues: users are asked to try again, nothing is restarted.",
    needs: ["separate"],
  },
  "disk-full": {
    description:
      "Redis cannot append to its file for some seconds: it refuses writes, so that none is acknowledged and lost, and takes them again by itself.",
    needs: ["separate"],
  },
  "port-reuse": {
    description:
      "Redis moves, and something that is not Redis listens on its old port while DNS still names it: the app notices that it is not Redis.",
    needs: ["separate", "srv"],
  },
  sidecar: {
    description:
      "redis-cli does not know SRV records. It runs beside `srv-dialer forward` in one task: Redis starts on another port, and redis-cli continues to count.",
    hasOwnStack: true,
  },
  "sidecar-python": {
    description:
      "The same with a program in Python and redis-py (examples/sidecar/python). It needs Debian's python3-redis.",
    hasOwnStack: true,
  },
  "sidecar-go": {
    description:
      "The same with a program in Go and its standard library (examples/sidecar/go). It needs Debian's golang-go.",
    hasOwnStack: true,
  },
  rotation: {
    description:
      "docs/operations.md, step by step: the app changes to the second password of Redis, Redis is killed meanwhile, and the old password gets a new value. No connection is refused.",
    hasOwnStack: true,
  },
  "restore-drill": {
    description:
      "docs/operations.md, the restore drill: a backup reads the file system while Redis rewrites its file, and a second environment loads the copy that a scheduled task had made.",
    hasOwnStack: true,
  },
  migrate: {
    description:
      "docs/migration.md, step by step: Redis' folder goes from the old task to a separate service, with one writer at a time and nothing lost.",
    hasOwnStack: true,
  },
  "migrate-back": {
    description:
      "The way back of docs/migration.md, after users have moved: the old task serves what the new one wrote.",
    hasOwnStack: true,
  },
  "to-elasticache": {
    description:
      "docs/migration.md, step by step: the data are copied as commands to a Redis with TLS and a password behind a plain name. The app's code does not change.",
    hasOwnStack: true,
  },
} as const satisfies Readonly<Record<string, Listed>>;

/** The name of a scenario, as on the command line. */
export type ScenarioName = keyof typeof LIST;

export const scenarioNames = Object.keys(LIST) as readonly ScenarioName[];

/** Name and description of a scenario. */
export function listed(name: ScenarioName): { name: ScenarioName; description: string } {
  return { name, description: LIST[name].description };
}

/** What a scenario needs of a plan; undefined where it is not played in one. */
export const needsOf = (name: ScenarioName): readonly Need[] | undefined =>
  (LIST[name] as Listed).needs;

export const hasOwnStack = (name: ScenarioName): boolean => "hasOwnStack" in LIST[name];
