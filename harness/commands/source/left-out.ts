import { findImage, type LocalImages, type Plan, whyNotHere } from "../../ecs/index.ts";
import type { Roles } from "../../plays/setups/plan-roles.ts";
import { HERE, UsageError } from "../../../command-line/options.ts";

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
export async function leftOutOf(
  { services, taskDefinitions }: Plan,
  images: LocalImages,
  { app, redis }: Roles,
): Promise<LeftOut[]> {
  const needed = [app, redis].map(({ service, container }) => `${service.name}/${container.name}`);
  const all: LeftOut[] = [];
  for (const { name: service, taskDefinition } of services) {
    const containers = taskDefinitions.get(taskDefinition)?.containers ?? [];
    const missing = new Map<string, string>();
    for (const container of containers) {
      const image = findImage(images, container.image, container.name);
      const why = await whyNotHere(container, image, HERE);
      if (why === undefined) continue;
      const name = `${service}/${container.name}`;
      if (needed.includes(name)) {
        const message = `${name} cannot start here: ${why}; give its program with --container ${name}=COMMAND`;
        throw new UsageError(`error: option --plan: ${message}`);
      }
      missing.set(container.name, why);
    }
    const isLeft = containers.some(({ name, essential }) => essential && !missing.has(name));
    const [first] = missing.values();
    if (!isLeft && first !== undefined) all.push({ name: service, why: first });
    else all.push(...[...missing].map(([name, why]) => ({ name: `${service}/${name}`, why })));
  }
  return all;
}
