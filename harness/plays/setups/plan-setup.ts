import type { LocalEcs, Plan, Template } from "../../ecs/index.ts";
import { passwordOf, srvNameOf } from "./plan-redis.ts";
import { PlanReleases } from "./plan-releases.ts";
import { isChecked, isKept, listenersOf, portOf, type Role, type Roles } from "./plan-roles.ts";
import type { Setup } from "./setup.ts";

export interface PlanSetupOptions {
  /** The displayed name of the plan. */
  readonly name: string;
  readonly local: Setup["local"];
  /** The first template. */
  readonly plan: Plan;
  /** The later templates of the plan or of a following one. */
  readonly next: readonly Template["module"][];
  readonly roles: Roles;
  /** The path that users request with GET. @default they sign the guest book or read it */
  readonly path?: string | undefined;
  readonly isOwnApp: boolean;
}

/**
 * How many times faster than in AWS health checks and restarts are. Without a health check of the app or Redis, each deployment
 * would wait for the 40 s after which ECS counts such a task.
 */
export const speedOf = (plan: Plan, { app, redis }: Roles): number =>
  isChecked(plan, app) && isChecked(plan, redis) ? 1 : 10;

/** The services of a plan as the setup of a scenario. */
export function planSetup(options: PlanSetupOptions): Setup {
  const { name, local, plan, next, roles, path, isOwnApp } = options;
  const { app, redis } = roles;
  const { module } = local.template as Template;
  const releases = new PlanReleases(module, next, app);
  return {
    environment: name,
    local: { ...local, speed: speedOf(plan, roles) },
    services: { app: app.service.name, redis: redis.service.name },
    containers: { app: app.container.name, redis: redis.container.name },
    entrance: (ecs) => entranceOf(ecs, plan, roles),
    password: passwordOf(redis.container),
    srvName: srvNameOf(plan, roles),
    isOwnApp,
    isUnchecked: !isChecked(plan, app),
    isOverlapping: app.service.maximumPercent > 100,
    isRedisUnchecked: redis.container.healthCheck === undefined,
    hasFixedPort: isFixed(plan, redis),
    isEphemeral: !isKept(redis),
    release: (release) => releases.release(release),
    ...(path !== undefined && { path }),
  };
}

/** Only in bridge mode is a port chosen on each host, where the definition names none. */
const isFixed = ({ taskDefinitions }: Plan, { service, container }: Role): boolean =>
  taskDefinitions.get(service.taskDefinition)?.networkMode !== "bridge" ||
  (container.portMappings[0]?.hostPort ?? 1) > 0;

/** Its load balancer, else each running task. */
function entranceOf(
  { loadBalancers, services }: Pick<LocalEcs, "loadBalancers" | "services">,
  plan: Plan,
  { app }: Roles,
): readonly string[] {
  const [listener] = listenersOf(plan, app);
  if (listener) {
    const balancer = loadBalancers.find(({ resource }) => resource === listener.address);
    return (
      balancer?.listeners.flatMap(({ port, url }) => (port === listener.port ? url : [])) ?? []
    );
  }
  const port = portOf(app);
  const tasks = services.find(({ name }) => name === app.service.name)?.tasks ?? [];
  return tasks
    .filter(({ status }) => status === "RUNNING")
    .flatMap(({ address, containers }) => {
      const own = containers.find(({ name }) => name === app.container.name);
      const published = own?.ports.find(({ containerPort }) => containerPort === port);
      return published ? [`http://${address}:${published.hostPort}`] : [];
    });
}
