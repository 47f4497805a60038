import { HarnessError } from "../../base/errors.ts";
import type { Arguments, Model, Resource } from "./model.ts";
import { checkClusters, clusterOf } from "./cluster-names.ts";
import {
  NO_PORT,
  type PlacementStrategy,
  type PortReference,
  type ServicePlan,
  type TaskDefinitionPlan,
} from "./plan.ts";
import { checkEndpoints, readServiceConnect } from "./service-connect-plan.ts";
import { parseSymbol } from "../expression/symbol.ts";
import { isGiven } from "../types/fields.ts";
import { checkUnique } from "./unique.ts";

/** Reads the services, each after those that it depends on. */
export function readServices(
  model: Model,
  taskDefinitions: ReadonlyMap<string, TaskDefinitionPlan>,
  namespaces: Readonly<Record<string, string>>,
): ServicePlan[] {
  const declared = model.all("aws_ecs_service");
  model.problems.attempt(() => checkClusters(model, declared));
  model.problems.attempt(() =>
    checkUnique(declared, ({ address, arguments: { name } }) => [`${address}.name`, name]),
  );
  const services = model.read("aws_ecs_service", (service) => {
    const definition = model.referred(
      "aws_ecs_task_definition",
      service.arguments.task_definition,
      `${service.address}.task_definition`,
    );
    const own = taskDefinitions.get(definition.address);
    const serviceConnect = readServiceConnect(model, service, own, namespaces);
    const plan = { ...readService(model, service, own), serviceConnect };
    checkPorts(plan, taskDefinitions.get(plan.taskDefinition));
    checkPercentages(plan);
    checkNetwork(service, own);
    return plan;
  });
  model.problems.attempt(() => checkEndpoints(services));
  return model.problems.attempt(() => inOrder(services)) ?? [];
}

function readService(
  model: Model,
  service: Resource<"aws_ecs_service">,
  definition: TaskDefinitionPlan | undefined,
): ServicePlan {
  const { address, arguments: args } = service;
  const registry = args.service_registries;
  const where = (argument: string): string => `${address}.${argument}`;
  const { create_before_destroy, ignore_changes = [] } = args.lifecycle ?? {};
  if (create_before_destroy === true) {
    const message = `${address}.lifecycle.create_before_destroy: not supported, because the local ECS removes a service before it creates another one with its name`;
    throw new HarnessError("ERR_UNSUPPORTED", message);
  }
  return {
    address,
    name: args.name,
    cluster: clusterOf(model, service),
    taskDefinition: definition?.address ?? "",
    desiredCount: args.desired_count || fewestOf(model, service),
    minimumHealthyPercent: args.deployment_minimum_healthy_percent,
    maximumPercent: args.deployment_maximum_percent,
    circuitBreaker: args.deployment_circuit_breaker ?? { enable: false, rollback: false },
    healthCheckGracePeriod: args.health_check_grace_period_seconds,
    targets: args.load_balancer.map((target) =>
      readTarget(model, target, definition, where("load_balancer")),
    ),
    registries: registry
      ? [readRegistry(model, registry, definition, where("service_registries"))]
      : [],
    distinctInstance: args.placement_constraints.length > 0,
    placement: placementOf(args),
    // Without a launch type it uses the cluster's default strategy.
    waitsForCapacity: args.capacity_provider_strategy.length > 0 || args.launch_type === undefined,
    forceNewDeployment: args.force_new_deployment,
    waitForSteadyState: args.wait_for_steady_state,
    dependsOn: args.depends_on,
    keepsRevision: ignore_changes === "all" || ignore_changes.includes("task_definition"),
  };
}

/**
 * The minimum of a service's autoscaling, which sets the count of a service without one; 0 without autoscaling. Its resource is
 * `service/CLUSTER/NAME`.
 */
function fewestOf(model: Model, { address, arguments: { name } }: Resource<"aws_ecs_service">) {
  const target = model.all("aws_appautoscaling_target").find(({ arguments: { resource_id } }) => {
    const [last = "", ...before] = resource_id.split("/").toReversed();
    const referred = addressIn(last);
    if (referred !== undefined) return referred === address;
    return before.at(-1) === "service" && last === name;
  });
  return target?.arguments.min_capacity ?? 0;
}

const addressIn = (text: string): string | undefined => parseSymbol(text)?.address;

/** The default strategy spreads over zones. */
function placementOf({ ordered_placement_strategy: given }: Arguments<"aws_ecs_service">) {
  const strategies = given.map(({ type }): PlacementStrategy => type);
  return strategies.length > 0 ? strategies : (["spread"] as const);
}

type Target = Arguments<"aws_ecs_service">["load_balancer"][number];

/** Tasks with their own interface are targets of type "ip", others of type "instance". */
function readTarget(
  model: Model,
  { target_group_arn, container_name, container_port }: Target,
  definition: TaskDefinitionPlan | undefined,
  where: string,
): PortReference {
  const address = readGroup(model, target_group_arn, definition, where);
  return { address, containerName: container_name, containerPort: container_port };
}

function readGroup(
  model: Model,
  value: string,
  definition: TaskDefinitionPlan | undefined,
  where: string,
): string {
  const { address, arguments: group } = model.referred("aws_lb_target_group", value, where);
  // A refused definition has no mode: its own problem says why.
  if (definition === undefined) return address;
  const wanted = definition.networkMode === "awsvpc" ? "ip" : "instance";
  if (group.target_type !== wanted) {
    const message = `${where}: ${address} has target_type ${group.target_type}; tasks in ${definition.networkMode} mode need ${wanted}`;
    throw new HarnessError("ERR_TEMPLATE", message);
  }
  return address;
}

type Registry = NonNullable<Arguments<"aws_ecs_service">["service_registries"]>;

/**
 * The registered port. In bridge and host mode the block must name a container and its port. In awsvpc mode a
 * port is enough, and for A records, or for none, nothing is required.
 */
function readRegistry(
  model: Model,
  { registry_arn, container_name, container_port, port }: Registry,
  definition: TaskDefinitionPlan | undefined,
  where: string,
): PortReference {
  const { address, arguments: args } = model.referred(
    "aws_service_discovery_service",
    registry_arn,
    where,
  );
  const published = (definition?.containers ?? []).flatMap(({ name, portMappings }) =>
    portMappings.map(({ containerPort }) => ({ containerName: name, containerPort })),
  );
  const found = published.find(
    ({ containerName, containerPort }) =>
      (container_name ?? containerName) === containerName &&
      (container_port ?? port ?? containerPort) === containerPort,
  );
  const containerName = container_name ?? found?.containerName;
  const containerPort = container_port ?? port ?? found?.containerPort;
  const named = container_name !== undefined && container_port !== undefined;
  const hasInterface = definition?.networkMode === "awsvpc";
  if ((named || hasInterface) && containerName && containerPort) {
    return { address, containerName, containerPort };
  }
  const [container] = definition?.containers ?? [];
  const records = args.dns_config?.dns_records ?? [];
  const isPlain = records.every(({ type }) => type === "A");
  if (hasInterface && container && isPlain && containerPort === undefined) {
    return { address, containerName: container.name, containerPort: NO_PORT };
  }
  const message = `${where}: container_name and container_port of a published port are required`;
  throw new HarnessError("ERR_TEMPLATE", message);
}

/** ECS refuses a service with a port that its task definition does not publish. Of a refused one no port is known. */
function checkPorts(plan: ServicePlan, taskDefinition: TaskDefinitionPlan | undefined): void {
  if (taskDefinition === undefined) return;
  const check = (argument: string, { containerName, containerPort }: PortReference): void => {
    if (containerPort === NO_PORT) return;
    const container = taskDefinition.containers.find(({ name }) => name === containerName);
    if (container?.portMappings.some((mapping) => mapping.containerPort === containerPort)) return;
    const message = `${plan.address}.${argument}: container "${containerName}" does not publish port ${containerPort}`;
    throw new HarnessError("ERR_TEMPLATE", message);
  };
  for (const target of plan.targets) check("load_balancer", target);
  for (const registry of plan.registries) check("service_registries", registry);
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html (networkConfiguration) */
function checkNetwork(
  { address, arguments: args }: Resource<"aws_ecs_service">,
  definition: TaskDefinitionPlan | undefined,
): void {
  if (!definition) return;
  const isNeeded = definition.networkMode === "awsvpc";
  if (isGiven(args.network_configuration) === isNeeded) return;
  const why = isNeeded
    ? "Network Configuration must be provided when networkMode 'awsvpc' is specified."
    : `Network Configuration is not valid for the given networkMode of this task definition: ${definition.networkMode}.`;
  throw new HarnessError("ERR_TEMPLATE", `${address}.network_configuration: ${why}`);
}

/** The minimum is rounded up and the maximum down. If no task fits between them, no task can be replaced. */
function checkPercentages(plan: ServicePlan): void {
  const { address, desiredCount, minimumHealthyPercent, maximumPercent } = plan;
  const fewest = Math.ceil((desiredCount * minimumHealthyPercent) / 100);
  const most = Math.floor((desiredCount * maximumPercent) / 100);
  if (desiredCount === 0 || most > fewest) return;
  const message = `${address}: deployment_minimum_healthy_percent ${minimumHealthyPercent} and deployment_maximum_percent ${maximumPercent} of ${desiredCount} do not allow a task to be replaced (at least ${fewest}, at most ${most})`;
  throw new HarnessError("ERR_TEMPLATE", message);
}

/** Sorts services depth first along `depends_on`. */
function inOrder(services: readonly ServicePlan[]): ServicePlan[] {
  const ordered = new Set<ServicePlan>();
  const byAddress = new Map(services.map((service) => [service.address, service]));
  const visit = (service: ServicePlan, trail: readonly string[]): void => {
    if (trail.includes(service.address)) {
      const cycle = [...trail, service.address].join(" -> ");
      throw new HarnessError("ERR_TEMPLATE", `${cycle}: depends_on has a cycle`);
    }
    for (const address of service.dependsOn) {
      const other = byAddress.get(address);
      if (other && !ordered.has(other)) visit(other, [...trail, service.address]);
    }
    ordered.add(service);
  };
  for (const service of services) visit(service, []);
  return [...ordered];
}
