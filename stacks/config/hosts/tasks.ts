// The tasks of an environment that need room on its hosts.

import { appPort, fewestTasks, mostTasks } from "../app-schema.ts";
import type { EnvironmentFields } from "../environment-schema.ts";
import { serviceOf } from "../redis-kinds.ts";
import type { Room } from "./room.ts";

/** A container and its field in the environment. */
export interface Placed {
  readonly path: readonly string[];
  readonly room: Room;
  /** Minimum number of tasks. */
  readonly fewest: number;
  /** Maximum number of tasks. */
  readonly most: number;
  /** Whether it uses a port of the host, so that a host can run only one of these tasks. */
  readonly takesHostPort: boolean;
}

/** Redis, if it is a service. */
export function redisOn(environment: EnvironmentFields): Placed | undefined {
  const redis = serviceOf(environment);
  if (redis === undefined) return undefined;
  const room = { memory: redis.memory, cpu: redis.cpu, interfaces: 0 };
  return { path: ["redis"], room, fewest: 1, most: 1, takesHostPort: false };
}

/** The app, its tasks and the other services. */
export function othersOn({ app, services, tasks }: EnvironmentFields): Placed[] {
  const own = {
    path: ["app"],
    room: roomOf(app),
    fewest: fewestTasks(app),
    most: mostTasks(app),
    takesHostPort: app.networkMode === "host" && appPort(app) !== undefined,
  };
  const found = Object.entries(services).map(([name, config]) => ({
    path: ["services", name],
    room: roomOf(config),
    fewest: config.desiredCount,
    most: config.desiredCount,
    takesHostPort: config.networkMode === "host",
  }));
  // These tasks are temporary. Without room, they are started again later.
  const ending = Object.entries(tasks).map(([name, { memory, cpu }]) => ({
    path: ["tasks", name],
    room: roomOf({ memory, cpu, networkMode: app.networkMode }),
    fewest: 0,
    most: 0,
    takesHostPort: false,
  }));
  return [own, ...found, ...ending];
}

function roomOf({
  memory,
  cpu,
  networkMode,
}: Pick<EnvironmentFields["app"], "memory" | "cpu" | "networkMode">): Room {
  return { memory, cpu, interfaces: networkMode === "awsvpc" ? 1 : 0 };
}

/** The room of each task, for the minimum or maximum number of tasks on this number of hosts. */
export function roomsOf(
  placed: readonly Placed[],
  count: "fewest" | "most",
  hosts: number,
): readonly Room[] {
  return placed.flatMap(({ room, takesHostPort, [count]: tasks }) =>
    Array.from({ length: takesHostPort ? Math.min(tasks, hosts) : tasks }, () => room),
  );
}
