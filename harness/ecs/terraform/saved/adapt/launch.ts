import type { Block } from "../../configuration/module.ts";
import type { Note } from "../note.ts";

const isFargate = (value: unknown): boolean => /^FARGATE(_SPOT|_EXTERNAL)?$/.test(String(value));

/** @param strategy a block, if the plan is valid; that is checked later */
const usesFargate = (strategy: unknown): boolean =>
  isFargate(Reflect.get(Object(strategy), "capacity_provider"));

/**
 * Moves a Fargate service to the local hosts, as tasks in awsvpc mode with their own addresses.
 * @returns the changed block, and a note about it
 */
export function onLocalHosts(block: Block): { block: Block; notes: readonly Note[] } {
  const { address, type, arguments: given } = block;
  if (type === "aws_ecs_task_definition") {
    const { requires_compatibilities: needs, ...rest } = given;
    if (!Array.isArray(needs) || !needs.includes("FARGATE")) return { block, notes: [] };
    return {
      block: {
        ...block,
        isFargate: !needs.includes("EC2"),
        arguments: { ...rest, requires_compatibilities: ["EC2"] },
      },
      notes: [],
    };
  }
  if (type === "aws_ecs_cluster_capacity_providers") return withoutFargate(block);
  if (type !== "aws_ecs_service") return { block, notes: [] };
  const strategies = [given["capacity_provider_strategy"] ?? []].flat();
  const isOn = isFargate(given["launch_type"]) || strategies.some(usesFargate);
  if (!isOn) return { block, notes: [] };
  const { capacity_provider_strategy: _strategy, platform_version: _version, ...rest } = given;
  return {
    block: { ...block, arguments: { ...rest, launch_type: "EC2" } },
    notes: [{ address, text: "a Fargate service; its tasks run on the local hosts" }],
  };
}

function withoutFargate(block: Block): ReturnType<typeof onLocalHosts> {
  const {
    capacity_providers: all,
    default_capacity_provider_strategy: strategy,
    ...rest
  } = block.arguments;
  const strategies = [strategy ?? []].flat();
  const providers = [all ?? []].flat().filter((name) => !isFargate(name));
  const own = strategies.filter((each) => !usesFargate(each));
  const given = {
    ...rest,
    ...(providers.length > 0 && { capacity_providers: providers }),
    ...(own.length > 0 && { default_capacity_provider_strategy: own }),
  };
  const text = "the default is Fargate; tasks run on the local hosts";
  return {
    block: { ...block, arguments: given },
    notes: own.length < strategies.length ? [{ address: block.address, text }] : [],
  };
}
