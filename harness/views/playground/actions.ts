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

/** A button of the playground. It begins a fault; for a lasting fault it then repairs it. */
export interface Action {
  /** The fault. Its name is in the address `/actions/redis-killed`. */
  readonly fault: Fault;
  readonly title: string;
  /** The description, for every setup. */
  readonly description: string;
  /** Whether it needs a running Redis. */
  readonly needsRedis?: boolean;
  /** For a fault that needs a repair. */
  readonly lasting?: {
    /** The active fault, as a sentence without a period. */
    readonly state: string;
    readonly repairTitle: string;
  };
  /** Why the old setup does not have this fault. Undefined: it has. */
  readonly notInOldSetup?: string;
}

/** Milliseconds. Slower than in a scenario, so that the user has time to bring the host back. */
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
      "Drains the host of Redis: Redis and the app tasks on that host stop and start on another host and port.",
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
    description: "Its task hangs: connections stay open, but get no answers.",
    needsRedis: true,
    lasting: { state: "Redis is frozen", repairTitle: "Thaw Redis" },
  },
  {
    fault: storageSlow,
    title: "Slow EFS",
    description:
      "A Redis that starts now takes at least 5 s longer to load its data. Move or kill Redis to see the effect.",
    lasting: { state: "EFS is slow", repairTitle: "Make EFS fast again" },
  },
  {
    fault: hostLost(HOST_LOSS),
    title: "Lose a host",
    description:
      "The host of Redis stops answering. Here it is replaced after 5 s; in AWS, when EC2 or a person ends it.",
    needsRedis: true,
    lasting: { state: "a host is lost", repairTitle: "Bring the host back" },
  },
  {
    fault: dnsDown,
    title: "DNS outage",
    description: "The VPC's DNS resolver does not answer. Open connections stay open.",
    lasting: { state: "DNS is down", repairTitle: "End the DNS outage" },
    notInOldSetup: "the app does not use DNS to find Redis",
  },
  {
    fault: partition,
    title: "Cut the network to Redis",
    description: "All packets to and from Redis are dropped.",
    lasting: { state: "the network to Redis is cut", repairTitle: "Connect Redis again" },
    notInOldSetup: "app and Redis are in one task, with no network between them",
  },
];

export const actionOf = (name: string): Action | undefined =>
  actions.find(({ fault }) => fault.name === name);
