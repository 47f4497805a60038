import { sum } from "d3-array";
import type { Repair } from "../../plays/faults/fault.ts";
import type { Stage } from "../../plays/stage/stage.ts";
import { monotonic } from "../monotonic.ts";
import type { SoakRecord } from "../record.ts";
import type { MoveName } from "../schedule/names.ts";

/** The times of ECS' reactions to a lost host. In AWS these are minutes. */
const LOSS = { noticedAfter: 500, leaseTime: 1_000, replacedAfter: 500 };

/** Starts to move Redis. Returns a function that restores the hosts. */
type BeginMove = (stage: Stage, record: SoakRecord) => Promise<Repair> | Repair;

export const moves: Readonly<Record<MoveName, BeginMove>> = {
  drain: ({ ecs, redisTask: { host = "" } }) => {
    ecs.drainHost(host);
    return () => {
      const isDraining = ecs.hosts.some(({ id, status }) => id === host && status === "DRAINING");
      if (isDraining) ecs.activateHost(host);
    };
  },
  kill: ({ ecs, redisTask: { id } }, { kills }) => {
    ecs.faults.kill(id);
    kills.push(monotonic());
    return () => {};
  },
  "lose-host": async ({ ecs, redisTask: { host = "" } }, { losses }) => {
    const lost = ecs.faults.loseHost(host, LOSS);
    const loss = { at: monotonic(), bytes: 0 };
    losses.push(loss);
    loss.bytes = sum(await lost, ({ bytes }) => bytes);
    return () => {};
  },
  deploy: ({ ecs, setup }) => {
    ecs.forceNewDeployment(setup.services.redis);
    return () => {};
  },
};
