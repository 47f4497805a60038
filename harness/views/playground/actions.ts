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
  /** What happens then. */
  readonly description: string;
  /** Not possible while no Redis runs. */
  readonly needsRedis?: boolean;
  /** For a fault that lasts until it is repaired. */
  readonly repairTitle?: string;
}

/** Milliseconds. Slower than in a scenario, so that a viewer has time to bring the host back. */
const HOST_LOSS = { noticedAfter: 5_000, leaseTime: 8_000, replacedAfter: 3_000 };

export const actions: readonly Action[] = [
  {
    fault: appDeployed,
    title: "Deploy app",
    description: "Another release of the app, and nothing else: Redis does not notice.",
  },
  {
    fault: redisMoved,
    title: "Move Redis",
    description: "Its host is drained: Redis stops there and starts elsewhere, on another port.",
    needsRedis: true,
  },
  {
    fault: redisKilled,
    title: "Kill Redis",
    description:
      "SIGKILL: a crash. In its first minute ECS starts another task, later it is restarted in its own.",
    needsRedis: true,
  },
  {
    fault: redisFrozen,
    title: "Freeze Redis",
    description: "It hangs: connections stay open without an answer, until its health check fails.",
    repairTitle: "Thaw Redis",
  },
  {
    fault: storageSlow,
    title: "Slow EFS",
    description: "Every Redis that starts from now on loads its data for five seconds more.",
    repairTitle: "Make EFS quick",
  },
  {
    fault: hostLost(HOST_LOSS),
    title: "Lose a host",
    description:
      "The host of Redis falls silent. ECS gives it up after a while, and another comes.",
    repairTitle: "Bring the host back",
  },
  {
    fault: dnsDown,
    title: "DNS outage",
    description: "The VPC's resolver answers nothing any more. Open connections stay open.",
    repairTitle: "End the DNS outage",
  },
  {
    fault: partition,
    title: "Cut the network to Redis",
    description: "Nothing passes to or from Redis, and nothing is refused.",
    repairTitle: "Connect Redis again",
  },
];
