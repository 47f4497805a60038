import type { Plan } from "../../ecs/index.ts";
import type { Fault, Need } from "../faults/fault.ts";
import { isTogether, srvNameOf } from "../setups/plan-redis.ts";
import type { Roles } from "../setups/plan-roles.ts";

/** What a fault requires of a plan. Undefined: it is not played in a plan. */
export const needsOfFault = ({ inOldSetup, ofOwnStack }: Fault): readonly Need[] | undefined => {
  if (ofOwnStack) return undefined;
  return inOldSetup ? [] : ["separate"];
};

/** Why a scenario or fault cannot be played in a plan, as a sentence without its subject. Undefined: it can. */
export function missingOf(
  needs: readonly Need[] | undefined,
  plan: Plan,
  roles: Roles,
): string | undefined {
  if (needs === undefined) return "needs this repository's own stacks and is not played in a plan";
  const missing = needs.find((need) => !isMet(need, plan, roles));
  return missing && SENTENCES[missing](roles);
}

function isMet(need: Need, plan: Plan, roles: Roles): boolean {
  if (need === "srv") return srvNameOf(plan, roles) !== undefined;
  return isTogether(roles) === (need === "together");
}

const SENTENCES: Readonly<Record<Need, (roles: Roles) => string>> = {
  together: ({ redis }) =>
    `needs app and Redis in one task; in this plan Redis is a separate service, ${redis.service.name}`,
  separate: ({ app }) =>
    `needs Redis as a separate service; in this plan it is in the task of the app, ${app.service.name}`,
  srv: ({ redis }) => `needs SRV records of Redis; in this plan ${redis.service.name} has none`,
};
