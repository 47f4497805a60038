import { appPort, mostTasks } from "../app-schema.ts";
import { hostListeners } from "../cluster-schema.ts";
import type { EnvironmentFields } from "../environment-schema.ts";
import { addressVariable } from "../services-schema.ts";
import type { Contradiction } from "./contradiction.ts";

/** The host port that a task of the app takes; undefined if it takes none. */
function hostPort({ app }: EnvironmentFields): number | undefined {
  return app.networkMode === "host" ? appPort(app) : undefined;
}

/** The host ports that services take. */
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
  "with networkMode host a port above 1023 that nothing else on the host has: outside " +
  `cluster.dynamicPortRange (${range.from} to ${range.to}) and what ECS, Docker and EFS listen on`;

/** @param part of the environment whose tasks are in host mode */
export const onePerHost =
  (part: string) =>
  ({ cluster }: EnvironmentFields): string =>
    `at most cluster.maxHosts (${"maxHosts" in cluster ? cluster.maxHosts : ""}) with ` +
    `${part}.networkMode host: two tasks of one host would want one port`;

/** How many hosts an existing cluster has is not known here. */
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
    allowed: (environment) => `${freePort(environment)}, in each service, and another one in each`,
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
    allowed: "left out with app.autoscaling: app.autoscaling.min is how many there are at first",
    holds: ({ app }) => app.autoscaling === undefined || app.desiredCount === undefined,
  },
  {
    path: ["app", "autoscaling", "requestsPerTarget"],
    allowed: "left out without app.loadBalancer, which counts them: scale on cpu",
    holds: ({ app }) =>
      app.loadBalancer !== false || app.autoscaling?.requestsPerTarget === undefined,
  },
];

const named: readonly Contradiction[] = [
  {
    path: ["tasks"],
    allowed: "names that no service has",
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

/** What the app's network mode, its scaling and its names require of other fields. */
export const modeContradictions: readonly Contradiction[] = [...modes, ...scaling, ...named];
