import type { LocalImages, Plan } from "../../ecs/index.ts";
import { everyRole, nameOf, type Roles } from "../../plays/setups/plan-roles.ts";
import { UsageError } from "../../../command-line/options.ts";
import { missingPrograms } from "./missing-programs.ts";

/** A service or a container that cannot run here, and why. */
export interface LeftOut {
  /** `SERVICE` or `SERVICE/CONTAINER`. */
  readonly name: string;
  readonly why: string;
}

/**
 * What a scenario plays without: containers whose programs are not on this machine. A service without any other essential
 * container is left out whole.
 * @throws UsageError if it is the app or Redis
 */
export async function leftOutOf(plan: Plan, images: LocalImages, roles: Roles): Promise<LeftOut[]> {
  const needed = [roles.app, roles.redis].map(nameOf);
  const missing = (await missingPrograms(plan, images)).map((each) => ({
    ...each,
    name: nameOf(each),
  }));
  const lacking = missing.find(({ name }) => needed.includes(name));
  if (lacking !== undefined) {
    const { name, why } = lacking;
    const message = `${name} cannot start here: ${why}; give its program with --container ${name}=COMMAND`;
    throw new UsageError(`error: option --plan: ${message}`);
  }
  const gone = new Set(missing.map(({ name }) => name));
  const left = everyRole(plan).filter(
    (each) => each.container.essential && !gone.has(nameOf(each)),
  );
  const all = missing.map(({ service, name, why }): LeftOut => {
    const isWhole = left.every((each) => each.service !== service);
    return { name: isWhole ? service.name : name, why };
  });
  // A service that is left out whole may have several such containers.
  return all.filter(({ name }, at) => all.findIndex((each) => each.name === name) === at);
}
