import { appDeployed } from "../../plays/faults/app-faults.ts";
import type { Fault } from "../../plays/faults/fault.ts";
import { dnsDown } from "../../plays/faults/naming-faults.ts";
import {
  hostLost,
  partition,
  redisFrozen,
  redisKilled,
  redisMoved,
  storageSlow,
} from "../../plays/faults/redis-faults.ts";

/** A button of the playground: it begins a fault, and one that lasts gets a second one for its repair. */
export interface Action {
  /** Its name is the action's, as in the address `/actions/redis-killed`. */
  readonly fault: Fault;
  readonly title: string;
  /** What the button does, in every setup. */
  readonly description: string;
  /** Not possible while no Redis runs. */
  readonly needsRedis?: boolean;
  /** For a fault that lasts until it is repaired. */
  readonly lasting?: {
    /** What is broken meanwhile, as a sentence without its end. */
    readonly state: string;
    readonly repairTitle: string;
  };
  /** Why the old setup does not have this fault; undefined where it has. */
  readonly notInOldSetup?: string;
}

/** Milliseconds. Slower than in a scenario, so that a viewer has time to bring the host back. */
const HOST_LOSS = { noticedAfter: 5_000, leaseTime: 8_000, replacedAfter: 3_000 };

export const actions: readonly Action[] = [
  {
    fault: appDeployed,
    title: "Deploy app",
    description: "A new release of the app. Nothing about Redis changes.",
  },
  {
    fault: redisMoved,
    title: "Move Redis",
    description:
      "Its host is drained: Redis stops there and starts on another host and port. So do app tasks on that host.",
    needsRedis: true,
  },
  {
    fault: redisKilled,
    title: "Kill Redis",
    description:
      "Redis crashes (SIGKILL). ECS starts another task or, if Redis has run for a minute, restarts it in the same task.",
    needsRedis: true,
  },
  {
    fault: redisFrozen,
    title: "Freeze Redis",
    description: "Its task hangs: connections stay open, and nothing answers.",
    needsRedis: true,
    lasting: { state: "Redis is frozen", repairTitle: "Thaw Redis" },
  },
  {
    fault: storageSlow,
    title: "Slow EFS",
    description:
      "Each Redis that starts meanwhile takes at least 5 s longer to load its data. Move or kill Redis to see it.",
    lasting: { state: "EFS is slow", repairTitle: "Make EFS quick" },
  },
  {
    fault: hostLost(HOST_LOSS),
    title: "Lose a host",
    description:
      "The host of Redis falls silent. Here it is given up after 5 s, in AWS when EC2 or a person ends it. Another comes.",
    needsRedis: true,
    lasting: { state: "a host is lost", repairTitle: "Bring the host back" },
  },
  {
    fault: dnsDown,
    title: "DNS outage",
    description: "The VPC's DNS resolver answers nothing. Open connections stay open.",
    lasting: { state: "DNS is down", repairTitle: "End the DNS outage" },
    notInOldSetup: "the app does not use DNS to find Redis",
  },
  {
    fault: partition,
    title: "Cut the network to Redis",
    description: "Nothing passes to or from Redis, and no connection is refused.",
    lasting: { state: "the network to Redis is cut", repairTitle: "Connect Redis again" },
    notInOldSetup: "app and Redis are in one task, with no network between them",
  },
];

/** The action of a name, as in its address. */
export const actionOf = (name: string): Action | undefined =>
  actions.find(({ fault }) => fault.name === name);
