import type { ContainerNetwork } from "../machine/container-network.ts";
import type { TaskDefinitionPlan } from "../terraform/plan.ts";
import type { ContainerRuntime } from "./container-context.ts";

type Networks = ReadonlyMap<string, ContainerNetwork>;

/**
 * Creates the networks of a task's containers that have their own: those from images, and all with the option `networks`. In
 * bridge mode each has one; in the other modes they share one, with its localhost.
 * @throws HarnessError ERR_PLATFORM with what this machine says
 */
export async function networksOf(
  { containers, networkMode }: TaskDefinitionPlan,
  { image, networks, newNetwork }: Pick<ContainerRuntime, "image" | "networks" | "newNetwork">,
): Promise<Networks> {
  const own = containers.filter((plan) => networks || image(plan.image).root !== undefined);
  if (own.length === 0) return new Map();
  const shared = networkMode === "bridge" ? undefined : await newNetwork();
  const made = await Promise.allSettled(
    own.map(async ({ name }) => [name, shared ?? (await newNetwork())] as const),
  );
  const all = new Map(made.flatMap((each) => (each.status === "fulfilled" ? [each.value] : [])));
  const failed = made.find((each) => each.status === "rejected");
  if (failed === undefined) return all;
  await closeAll(all);
  throw failed.reason;
}

export async function closeAll(networks: Networks): Promise<void> {
  await Promise.all([...new Set(networks.values())].map((network) => network.close()));
}
