import type { Block, Module } from "./module.ts";

type Values = Readonly<Record<string, unknown>>;

/** Whether an argument has a capacity provider strategy. */
export const hasStrategy = (values: Values, name: string): boolean =>
  [values[name] ?? []].flat().length > 0;

/** Whether the cluster has a default strategy. */
export const hasDefaultStrategy = ({ blocks }: Module): boolean =>
  [...blocks.values()].some(
    (block) =>
      block.type === "aws_ecs_cluster_capacity_providers" &&
      hasStrategy(block.arguments, "default_capacity_provider_strategy"),
  );

/**
 * Sets the default launch type of a service: EC2, unless the service or its cluster has a capacity provider
 * strategy. A service with a strategy may wait for a host.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
 * @param hasDefaults whether the cluster has a strategy
 * @param values its resolved arguments
 */
export function withLaunchType({ type }: Block, hasDefaults: boolean, values: Values): Values {
  if (type !== "aws_ecs_service" || (values["launch_type"] ?? null) !== null) return values;
  const isProvided = hasDefaults || hasStrategy(values, "capacity_provider_strategy");
  return isProvided ? values : { ...values, launch_type: "EC2" };
}
