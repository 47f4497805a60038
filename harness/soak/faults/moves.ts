import type { Repair } from "../../plays/faults/fault.ts";
import type { Stage } from "../../plays/stage/stage.ts";
import type { MoveName } from "../schedule/names.ts";

/** When the consequences of a lost host come: minutes in AWS. */
const LOSS = { noticedAfter: 500, leaseTime: 1_000, replacedAfter: 500 };

/** Begins to move Redis. Returns what puts the hosts back. */
export const moves: Readonly<Record<MoveName, (stage: Stage) => Repair>> = {
  drain: ({ ecs, redisTask: { host = "" } }) => {
    ecs.drainHost(host);
    return () => {
      const isDraining = ecs.hosts.some(({ id, status }) => id === host && status === "DRAINING");
      if (isDraining) ecs.activateHost(host);
    };
  },
  kill: ({ ecs, redisTask: { id } }) => {
    ecs.faults.kill(id);
    return () => {};
  },
  "lose-host": ({ ecs, redisTask: { host = "" } }) => {
    ecs.faults.loseHost(host, LOSS);
    return () => {};
  },
  deploy: ({ ecs, setup }) => {
    ecs.forceNewDeployment(setup.services.redis);
    return () => {};
  },
};
