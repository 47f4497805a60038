import { appPort } from "./app-container.ts";
import { hostListeners } from "./config-parts.ts";
import type { EnvironmentFields } from "./config-schema.ts";
import { mostTasks } from "./config-tasks.ts";
import type { Contradiction } from "./contradictions.ts";

/** What a network mode of the app, or its scaling, asks of the rest. */

/** The port that a task takes of its host; undefined where it takes none. */
function hostPort({ app }: EnvironmentFields): number | undefined {
  return app.networkMode === "host" ? appPort(app) : undefined;
}

const modes: readonly Contradiction[] = [
  {
    path: ["app", "port"],
    allowed: ({ cluster: { dynamicPortRange: range } }) =>
      "with app.networkMode host a port above 1023 that nothing on the host has: outside " +
      `cluster.dynamicPortRange (${range.from} to ${range.to}) and what ECS, Docker and EFS listen on`,
    holds: (environment) => {
      const port = hostPort(environment);
      const taken = [...hostListeners, environment.cluster.dynamicPortRange];
      return (
        port === undefined ||
        (port > 1023 && !taken.some(({ from, to }) => from <= port && port <= to))
      );
    },
  },
  ...(["desiredCount", "autoscaling"] as const).map((field): Contradiction => ({
    path: field === "autoscaling" ? ["app", field, "max"] : ["app", field],
    allowed: ({ cluster }) =>
      `at most cluster.maxHosts (${"maxHosts" in cluster ? cluster.maxHosts : ""}) with ` +
      "app.networkMode host: two tasks of one host would want one port",
    holds: (environment) => {
      const { app, cluster } = environment;
      const isMeant = (field === "autoscaling") === (app.autoscaling !== undefined);
      if (!isMeant || hostPort(environment) === undefined || !("maxHosts" in cluster)) return true;
      return mostTasks(app) <= cluster.maxHosts;
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

export const modeContradictions: readonly Contradiction[] = [...modes, ...scaling];
