import type { ContainerNetwork } from "../machine/container-network.ts";
import type { TaskDefinitionPlan } from "../terraform/plan.ts";
import type { ContainerRuntime } from "./container-context.ts";

type Networks = ReadonlyMap<string, ContainerNetwork>;

/**
 * Creates the networks of a task's containers from images: one for each in bridge mode, one for all in awsvpc mode, where they
 * share localhost. In host mode they have this machine's.
 * @throws HarnessError ERR_PLATFORM with what this machine says
 */
export async function networksOf(
  { containers, networkMode }: TaskDefinitionPlan,
  { image, newNetwork }: Pick<ContainerRuntime, "image" | "newNetwork">,
): Promise<Networks> {
  const own = containers.filter((plan) => image(plan.image).root !== undefined);
  if (own.length === 0) return new Map();
  const shared = networkMode === "bridge" ? undefined : await newNetwork();
  const made = own.map(async ({ name }) => [name, shared ?? (await newNetwork())] as const);
  return new Map(await Promise.all(made));
}

export async function closeAll(networks: Networks): Promise<void> {
  await Promise.all([...new Set(networks.values())].map((network) => network.close()));
}
