import { appPort, mostTasks } from "../app-schema.ts";
import { hostListeners } from "../cluster-schema.ts";
import type { EnvironmentFields } from "../environment-schema.ts";
import { addressVariable } from "../services-schema.ts";
import type { Contradiction } from "./contradiction.ts";

/** The host port of the app's tasks in host mode, else undefined. */
function hostPort({ app }: EnvironmentFields): number | undefined {
  return app.networkMode === "host" ? appPort(app) : undefined;
}

/** The host ports of services in host mode. */
function servicePorts({ services }: EnvironmentFields): number[] {
  return Object.values(services).flatMap(({ networkMode, port }) =>
    networkMode === "host" ? [port] : [],
  );
}

function isFree(port: number, { cluster }: EnvironmentFields): boolean {
  const taken = [...hostListeners, cluster.dynamicPortRange];
  return port > 1023 && !taken.some(({ from, to }) => from <= port && port <= to);
}

const freePort = ({ cluster: { dynamicPortRange: range } }: EnvironmentFields) =>
  "with networkMode host, a port above 1023 that is free on the host: outside " +
  `cluster.dynamicPortRange (${range.from} to ${range.to}) and not used by ECS, Docker or EFS`;

/** @param part the part of the environment with tasks in host mode */
export const onePerHost =
  (part: string) =>
  ({ cluster }: EnvironmentFields): string =>
    `at most cluster.maxHosts (${"maxHosts" in cluster ? cluster.maxHosts : ""}) with ` +
    `${part}.networkMode host: two tasks on one host would need the same port`;

/** Always true for an existing cluster, whose number of hosts is unknown. */
export function eachHasHost(tasks: number, cluster: EnvironmentFields["cluster"]): boolean {
  return !("maxHosts" in cluster) || tasks <= cluster.maxHosts;
}

const modes: readonly Contradiction[] = [
  {
    path: ["app", "port"],
    allowed: freePort,
    holds: (environment) => {
      const port = hostPort(environment);
      return port === undefined || isFree(port, environment);
    },
  },
  {
    path: ["services"],
    allowed: (environment) => `${freePort(environment)}; each service needs a different port`,
    holds: (environment) => {
      const ports = servicePorts(environment);
      const all = [...ports, hostPort(environment)].filter((port) => port !== undefined);
      return ports.every((port) => isFree(port, environment)) && new Set(all).size === all.length;
    },
  },
  ...(["desiredCount", "autoscaling"] as const).map((field): Contradiction => ({
    path: field === "autoscaling" ? ["app", field, "max"] : ["app", field],
    allowed: onePerHost("app"),
    holds: (environment) => {
      const { app, cluster } = environment;
      const isMeant = (field === "autoscaling") === (app.autoscaling !== undefined);
      return (
        !isMeant || hostPort(environment) === undefined || eachHasHost(mostTasks(app), cluster)
      );
    },
  })),
];

const scaling: readonly Contradiction[] = [
  {
    path: ["app", "desiredCount"],
    allowed: "not set with app.autoscaling: app.autoscaling.min is the initial number",
    holds: ({ app }) => app.autoscaling === undefined || app.desiredCount === undefined,
  },
  {
    path: ["app", "autoscaling", "requestsPerTarget"],
    allowed: "not set without app.loadBalancer, which counts requests; use cpu instead",
    holds: ({ app }) =>
      app.loadBalancer !== false || app.autoscaling?.requestsPerTarget === undefined,
  },
];

const named: readonly Contradiction[] = [
  {
    path: ["tasks"],
    allowed: "names that differ from those of services",
    holds: ({ tasks, services }) => Object.keys(tasks).every((name) => !(name in services)),
  },
  {
    path: ["app", "environment"],
    allowed: ({ services }) =>
      `no variable that services set: ${addressVariables(services).join(", ")}`,
    holds: ({ app, services }) =>
      addressVariables(services).every((name) => !(name in app.environment || name in app.secrets)),
  },
];

function addressVariables(services: EnvironmentFields["services"]): string[] {
  return Object.entries(services).map(([name, config]) => addressVariable(name, config));
}

/** Rules about network modes, autoscaling and names. */
export const modeContradictions: readonly Contradiction[] = [...modes, ...scaling, ...named];
