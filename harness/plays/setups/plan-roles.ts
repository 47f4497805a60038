import { HarnessError, type Plan } from "../../ecs/index.ts";

type Service = Plan["services"][number];
type Definition = Plan["taskDefinitions"] extends ReadonlyMap<string, infer Each> ? Each : never;
export type ContainerPlan = Definition["containers"][number];

/** What plays a role in a scenario: a container of a service. */
export interface Role {
  readonly service: Service;
  readonly container: ContainerPlan;
}

/** The parts of a plan that a scenario needs. */
export interface Roles {
  /** What users ask. */
  readonly app: Role;
  readonly redis: Role;
}

export interface RolesOptions {
  /** Whether an image is Redis. */
  readonly isRedis: (image: string) => boolean;
  /** `SERVICE`, `CONTAINER` or `SERVICE/CONTAINER` by the role. @default found in the plan */
  readonly given?: Readonly<Record<string, string>>;
}

/**
 * Finds the app and Redis: Redis by its image; the app by its load balancer, or else by a published port.
 * @throws HarnessError naming what is missing, or what may be meant
 */
export function rolesOf(plan: Plan, { isRedis, given = {} }: RolesOptions): Roles {
  checkRoles(given);
  const all = plan.services
    .filter(({ desiredCount }) => desiredCount > 0)
    .flatMap((service) => containersOf(plan, service).map((container) => ({ service, container })));
  const published = all.filter(({ container }) => container.portMappings.length > 0);
  const redis = theOne("redis", {
    from: given["redis"] === undefined ? all.filter((each) => isRedis(each.container.image)) : all,
    given: given["redis"],
    missing: "no service runs an image of Redis or Valkey",
  });
  if (redis.container.portMappings.length === 0) {
    throw missing(`${nameOf(redis)} publishes no port, so no one can look at its data`);
  }
  const others = published.filter((each) => each !== redis && nameOf(each) !== nameOf(redis));
  const balanced = others.filter(isTarget);
  const app = theOne("app", {
    from: given["app"] === undefined && balanced.length > 0 ? balanced : others,
    given: given["app"],
    missing:
      "no service beside Redis has a load balancer or a published port, so no one can ask it",
  });
  return { app, redis };
}

/** The container's port that users ask. */
export const portOf = ({ service, container }: Role): number =>
  service.targets.find(({ containerName }) => containerName === container.name)?.containerPort ??
  container.portMappings[0]?.containerPort ??
  0;

/** Whether a load balancer or a health check of the container says if it serves. */
export const isChecked = (plan: Plan, { service, container }: Role): boolean =>
  container.healthCheck !== undefined ||
  service.targets.some(({ address, containerName }) => {
    const isOwn = containerName === container.name;
    return isOwn && plan.targetGroups.get(address)?.healthCheck.enabled === true;
  });

const ROLES = ["app", "redis"];

function checkRoles(given: Readonly<Record<string, string>>): void {
  const unknown = Object.keys(given).find((role) => !ROLES.includes(role));
  if (unknown === undefined) return;
  throw missing(`there is no role ${unknown}; roles are: ${ROLES.join(", ")}`);
}

const containersOf = ({ taskDefinitions }: Plan, { taskDefinition }: Service) =>
  taskDefinitions.get(taskDefinition)?.containers ?? [];

const isTarget = ({ service, container }: Role): boolean =>
  service.targets.some(({ containerName }) => containerName === container.name);

const nameOf = ({ service, container }: Role): string => `${service.name}/${container.name}`;

interface Choice {
  readonly from: readonly Role[];
  readonly given: string | undefined;
  /** Why there is none. */
  readonly missing: string;
}

function theOne(role: string, { from, given, missing: why }: Choice): Role {
  const meant = from.filter(
    (each) =>
      given === undefined || [each.service.name, each.container.name, nameOf(each)].includes(given),
  );
  const [one, other] = meant;
  if (one && !other) return one;
  const names = (meant.length > 0 ? meant : from).map(nameOf).join(", ");
  if (one) {
    throw missing(
      `which of ${names} is the ${role}? Name it with ${role}=SERVICE/CONTAINER in the option role`,
    );
  }
  if (given === undefined || from.length === 0) throw missing(why);
  throw missing(`option role, ${role}: "${given}" is none of ${names}`);
}

const missing = (message: string): HarnessError => new HarnessError("ERR_UNSUPPORTED", message);
