import { HarnessError, type Plan } from "../../ecs/index.ts";

type Service = Plan["services"][number];
type Definition = Plan["taskDefinitions"] extends ReadonlyMap<string, infer Each> ? Each : never;
export type ContainerPlan = Definition["containers"][number];

/** A role in a scenario: a container of a service. */
export interface Role {
  readonly service: Service;
  readonly container: ContainerPlan;
}

/** The parts of a plan that a scenario needs. */
export interface Roles {
  /** The container that users send requests to. */
  readonly app: Role;
  readonly redis: Role;
}

export interface RolesOptions {
  readonly isRedis: (image: string) => boolean;
  /** `SERVICE`, `CONTAINER` or `SERVICE/CONTAINER` by role. @default found in the plan */
  readonly given?: Readonly<Record<string, string>>;
  /** Whether containers have networks of their own, at which their ports are reached. @default false */
  readonly hasNetworks?: boolean;
}

/**
 * Finds Redis by its image, and the app by its load balancer or else by a published port.
 * @throws HarnessError with the missing part or the candidates
 */
export function rolesOf(
  plan: Plan,
  { isRedis, given = {}, hasNetworks = false }: RolesOptions,
): Roles {
  checkRoles(given);
  const all = everyRole(plan).filter(({ service }) => service.desiredCount > 0);
  const published = all.filter(({ container }) => container.portMappings.length > 0);
  const redis = theOne("redis", {
    from: given["redis"] === undefined ? all.filter((each) => isRedis(each.container.image)) : all,
    given: given["redis"],
    missing: "no service runs an image of Redis or Valkey",
  });
  if (redis.container.portMappings.length === 0 && !hasNetworks) {
    const why = `${nameOf(redis)} publishes no port, so nothing reaches it`;
    throw missing(`${why} where containers share this machine's network`);
  }
  const others = published.filter((each) => each !== redis && nameOf(each) !== nameOf(redis));
  const balanced = others.filter(isTarget);
  const app = theOne("app", {
    from: given["app"] === undefined && balanced.length > 0 ? balanced : others,
    given: given["app"],
    missing:
      "no service except Redis has a load balancer or a published port, so users cannot reach it",
  });
  return { app, redis };
}

/** The container port for users. */
export const portOf = ({ service, container }: Role): number =>
  service.targets.find(({ containerName }) => containerName === container.name)?.containerPort ??
  container.portMappings[0]?.containerPort ??
  0;

/** The listeners of a role, by load balancer. Listeners with rules about more than a path are left out. */
export function listenersOf(
  { loadBalancers }: Plan,
  { service }: Role,
): readonly { readonly address: string; readonly port: number }[] {
  const groups = service.targets.map(({ address }) => address);
  return loadBalancers.flatMap(({ address, listeners }) =>
    listeners
      .filter(({ action, rules }) =>
        [{ action, conditions: [] }, ...rules].some(
          (way) =>
            way.action.type === "forward" &&
            groups.includes(way.action.targetGroup) &&
            way.conditions.every(({ type }) => type === "path"),
        ),
      )
      .map(({ port }) => ({ address, port })),
  );
}

/** Whether the role has a load balancer or a container health check. */
export const isChecked = (plan: Plan, { service, container }: Role): boolean =>
  container.healthCheck !== undefined ||
  service.targets.some(({ address, containerName }) => {
    const isOwn = containerName === container.name;
    return isOwn && plan.targetGroups.get(address)?.healthCheck.enabled === true;
  });

/** Whether the role's data outlast its task: they are in a file system that it mounts. */
export const isKept = ({ container }: Role): boolean =>
  container.mounts.some(({ ephemeral }) => !ephemeral);

const ROLES = ["app", "redis"];

function checkRoles(given: Readonly<Record<string, string>>): void {
  const unknown = Object.keys(given).find((role) => !ROLES.includes(role));
  if (unknown === undefined) return;
  throw missing(`unknown role ${unknown}; allowed: ${ROLES.join(", ")}`);
}

/** Each container of each service. */
export const everyRole = ({ services, taskDefinitions }: Plan): Role[] =>
  services.flatMap((service) =>
    (taskDefinitions.get(service.taskDefinition)?.containers ?? []).map((container) => ({
      service,
      container,
    })),
  );

const isTarget = ({ service, container }: Role): boolean =>
  service.targets.some(({ containerName }) => containerName === container.name);

/** `SERVICE/CONTAINER`. */
export const nameOf = ({ service, container }: Role): string => `${service.name}/${container.name}`;

interface Choice {
  readonly from: readonly Role[];
  readonly given: string | undefined;
  /** The reason if none is found. */
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
      `which of ${names} is the ${role}? Name it with --role ${role}=SERVICE/CONTAINER`,
    );
  }
  if (given === undefined || from.length === 0) throw missing(why);
  throw missing(`--role ${role}: "${given}" is unknown; allowed: ${names}`);
}

const missing = (message: string): HarnessError => new HarnessError("ERR_UNSUPPORTED", message);
