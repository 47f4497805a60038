import type { Plan } from "../../ecs/index.ts";
import type { ContainerPlan, Roles } from "./plan-roles.ts";
import type { Setup } from "./setup.ts";

// How a plan's app finds Redis, and the password.

export const isTogether = ({ app, redis }: Roles): boolean => app.service === redis.service;

/** `[service].[namespace]` with SRV records. Undefined if Redis has none. */
export function srvNameOf(plan: Plan, { redis }: Roles): string | undefined {
  return recordOf(plan, redis.service.registries, "SRV");
}

/** The URL of Redis for a container of the app's service. Undefined if the plan has no connection. */
export function redisUrlOf(plan: Plan, roles: Roles): string | undefined {
  const { app, redis } = roles;
  const port = redis.container.portMappings[0]?.containerPort ?? 0;
  if (isTogether(roles)) {
    const link = app.container.links.find((each) => each.split(":")[0] === redis.container.name);
    if (link !== undefined) return `redis://${link.split(":").at(-1)}:${port}`;
    // Without a link, containers of a task share a loopback interface only in awsvpc and host mode.
    const mode = plan.taskDefinitions.get(app.service.taskDefinition)?.networkMode;
    return mode === "bridge" ? undefined : `redis://127.0.0.1:${port}`;
  }
  const srv = srvNameOf(plan, roles);
  if (srv !== undefined) return `redis+srv://${srv}`;
  const name = recordOf(plan, redis.service.registries, "A");
  return name === undefined ? connectUrlOf(roles) : `redis://${name}:${port}`;
}

/** The URL of Redis' endpoint in the app's namespace of Service Connect. */
function connectUrlOf({ app, redis }: Roles): string | undefined {
  const { namespace, endpoints = [] } = redis.service.serviceConnect ?? {};
  const endpoint = endpoints.find(({ containerName }) => containerName === redis.container.name);
  if (endpoint === undefined || app.service.serviceConnect?.namespace !== namespace)
    return undefined;
  return `redis://${endpoint.dnsName}:${endpoint.port}`;
}

function recordOf(
  plan: Plan,
  registries: Roles["redis"]["service"]["registries"],
  wanted: "SRV" | "A",
): string | undefined {
  return registries
    .map(({ address }) => plan.discovery.get(address))
    .find((found) => found?.records.some(({ type }) => type === wanted))?.name;
}

/** Variables with the password in Redis images and clients. */
const VARIABLES = ["REDIS_PASSWORD", "VALKEY_PASSWORD", "REDISCLI_AUTH", "VALKEYCLI_AUTH"];

/** The password of Redis, from its command, variables or secrets. */
export function passwordOf(container: ContainerPlan): Setup["password"] {
  const { command = [], environment, secrets } = container;
  const given = /(?:^|\s)(?:--)?requirepass\s+["']?(\S+?)["']?(?=\s|$)/.exec(
    command.join(" "),
  )?.[1];
  const variable = /^\$\{?(\w+)\}?$/.exec(given ?? "")?.[1];
  if (given !== undefined && variable === undefined) return { text: given };
  const names = variable === undefined ? VARIABLES : [variable];
  const [secret] = names.flatMap((name) => secrets.find((each) => each.name === name) ?? []);
  if (secret) return secret;
  const text = names.map((name) => environment[name]).find((each) => each !== undefined);
  return text === undefined ? undefined : { text };
}
