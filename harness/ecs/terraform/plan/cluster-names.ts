import { HarnessError } from "../../base/errors.ts";
import { ecsName, parse } from "../types/fields.ts";
import type { Model, Resource } from "./model.ts";
import { findSymbol, parseSymbol } from "../expression/symbol.ts";

/**
 * Checks that all services use one cluster: the template's, or an existing one that all services name.
 * @throws HarnessError ERR_UNSUPPORTED with the second cluster, or a service of another cluster
 */
export function checkClusters(
  model: Model,
  services: readonly Resource<"aws_ecs_service">[],
): void {
  const [own, second] = model.all("aws_ecs_cluster");
  if (second) {
    const message = `${second.address}: the local ECS models one cluster`;
    throw new HarnessError("ERR_UNSUPPORTED", message);
  }
  const [first] = services;
  const hosts = own?.arguments.name ?? (first && clusterOf(model, first));
  for (const service of services) {
    const named = clusterOf(model, service);
    if (named === hosts) continue;
    const message = `${service.address}.cluster: "${named}" is not "${hosts}", the cluster of the local hosts`;
    throw new HarnessError("ERR_UNSUPPORTED", message);
  }
}

/** The name of a service's cluster. Its argument is a name, an ARN or a reference. */
export function clusterOf(
  model: Model,
  { address, arguments: args }: Resource<"aws_ecs_service">,
): string {
  const symbolic = parseSymbol(args.cluster);
  // A data source may look up the template's own cluster.
  if (symbolic && /(?:^|\.)data\./.test(symbolic.address)) {
    const given = model.declared.get(symbolic.address)?.arguments["cluster_name"];
    const name = parse(`${symbolic.address}.cluster_name`, ecsName.optional(), given);
    return name !== undefined && findSymbol(name) === undefined ? name : symbolic.address;
  }
  if (!symbolic) return args.cluster.replace(/^arn:.*:cluster\//, "");
  return model.referred("aws_ecs_cluster", args.cluster, `${address}.cluster`).arguments.name;
}
