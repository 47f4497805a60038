import type { Plan } from "../../ecs/index.ts";
import type { ContainerPlan, Roles } from "./plan-roles.ts";
import type { Setup } from "./setup.ts";

// How Redis of a plan is found, and its password.

/** Whether app and Redis are containers of one task. */
export const isTogether = ({ app, redis }: Roles): boolean => app.service === redis.service;

/** `[service].[namespace]` with SRV records; undefined where Redis has none. */
export function srvNameOf(plan: Plan, { redis }: Roles): string | undefined {
  return recordOf(plan, redis.service.registries, "SRV");
}

/** The URL by which a container of the app's service reaches Redis; undefined where the plan gives no way. */
export function redisUrlOf(plan: Plan, roles: Roles): string | undefined {
  const { app, redis } = roles;
  const port = redis.container.portMappings[0]?.containerPort ?? 0;
  if (isTogether(roles)) {
    const link = app.container.links.find((each) => each.split(":")[0] === redis.container.name);
    if (link !== undefined) return `redis://${link.split(":").at(-1)}:${port}`;
    // Without a link, containers of a task share a loopback in awsvpc and host mode alone.
    const mode = plan.taskDefinitions.get(app.service.taskDefinition)?.networkMode;
    return mode === "bridge" ? undefined : `redis://127.0.0.1:${port}`;
  }
  const srv = srvNameOf(plan, roles);
  if (srv !== undefined) return `redis+srv://${srv}`;
  const name = recordOf(plan, redis.service.registries, "A");
  return name === undefined ? undefined : `redis://${name}:${port}`;
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

/** Variables that Redis images and clients take a password from. */
const VARIABLES = ["REDIS_PASSWORD", "VALKEY_PASSWORD", "REDISCLI_AUTH", "VALKEYCLI_AUTH"];

/** The password that Redis is started with, as its command, its variables or its secrets have it. */
export function passwordOf(container: ContainerPlan): Setup["password"] {
  const { command = [], environment, secrets } = container;
  const given = /--requirepass\s+["']?(\S+?)["']?(?=\s|$)/.exec(command.join(" "))?.[1];
  const variable = /^\$\{?(\w+)\}?$/.exec(given ?? "")?.[1];
  if (given !== undefined && variable === undefined) return { text: given };
  const names = variable === undefined ? VARIABLES : [variable];
  const secret = secrets.find(({ name }) => names.includes(name));
  if (secret) return secret;
  const text = names.map((name) => environment[name]).find((each) => each !== undefined);
  return text === undefined ? undefined : { text };
}
