import type { Repair } from "../../plays/faults/fault.ts";
import { drainRedisHost } from "../../plays/faults/redis-faults.ts";
import type { Stage } from "../../plays/stage/stage.ts";
import { monotonic } from "../monotonic.ts";
import type { SoakRecord } from "../record.ts";

/** The times of ECS' reactions to a lost host. In AWS these are minutes. */
const LOSS = { noticedAfter: 500, leaseTime: 1_000, replacedAfter: 500 };

/** A way to move Redis. */
interface Move {
  /** Its share of ten rounds. */
  readonly ofTen: number;
  /** Starts to move Redis. Returns a function that restores the hosts, if it is needed. */
  readonly begin: (stage: Stage, record: SoakRecord) => Promise<void> | Repair | void;
}

const loseHost: Move["begin"] = ({ ecs, redisTask: { host = "" } }, { losses }) => {
  ecs.faults.loseHost(host, LOSS);
  losses.push(monotonic());
};

export type MoveName = "drain" | "kill" | "lose-host" | "deploy";

export const MOVES: Readonly<Record<MoveName, Move>> = {
  drain: { ofTen: 5, begin: drainRedisHost },
  kill: {
    ofTen: 2,
    begin: ({ ecs, redisTask: { id } }, { kills }) => {
      ecs.faults.kill(id);
      kills.push(monotonic());
    },
  },
  "lose-host": { ofTen: 2, begin: loseHost },
  deploy: { ofTen: 1, begin: ({ ecs, setup }) => ecs.forceNewDeployment(setup.services.redis) },
};
