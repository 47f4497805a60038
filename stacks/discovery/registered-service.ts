import type {
  EcsService,
  EcsServiceServiceRegistries,
} from "@cdktf/provider-aws/lib/ecs-service/index.js";
import type { ServiceDiscoveryService } from "@cdktf/provider-aws/lib/service-discovery-service/index.js";
import type { Construct } from "constructs";
import { ecsService, type ServiceProps } from "../ecs/ecs-service.ts";
import type { NetworkMode } from "../ecs/task-network.ts";
import type { RecordType } from "./discovery.ts";

/** How the tasks of a service are registered in Cloud Map. */
export interface Registration {
  readonly registry: ServiceDiscoveryService;
  /** Name of the container that others connect to. */
  readonly container: string;
  /** Port inside the container. */
  readonly port: number;
  readonly mode: NetworkMode;
  readonly records: RecordType;
}

/** An ECS service whose tasks register in a Cloud Map service. */
export function registeredService(
  scope: Construct,
  registration: Registration,
  props: ServiceProps,
): EcsService {
  const { registry } = registration;
  const service = ecsService(scope, { ...props, serviceRegistries: registries(registration) });
  // Replace the ECS service together with the Cloud Map service. A recreated Cloud Map service may get its old
  // id again, and then ECS never registers tasks
  // (https://github.com/hashicorp/terraform-provider-aws/issues/46930).
  // Terraform takes a bare address here. With `.id`, an in-place update does not trigger a replacement.
  const address = `${registry.terraformResourceType}.${registry.friendlyUniqueId}`;
  service.addOverride("lifecycle.replace_triggered_by", [`${address}.id`]);
  return service;
}

/**
 * Tasks in bridge and host mode register a container's host port. `port` is only for awsvpc mode, and an A
 * record needs no port
 * (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceRegistry.html).
 */
function registries({
  registry: { arn: registryArn },
  container,
  port,
  mode,
  records,
}: Registration): EcsServiceServiceRegistries {
  if (mode !== "awsvpc") return { registryArn, containerName: container, containerPort: port };
  return records === "SRV" ? { registryArn, port } : { registryArn };
}
