import type { Setup } from "../setups/setup.ts";
import { firstDeploy } from "./first-deploy.ts";
import type { Stage } from "../stage/stage.ts";
import type { Step } from "./step.ts";

// What is looked at while an environment is moved.

/** The guest who tries the new app before users come to it. */
const TRIAL = "trial";

/** Writes through the load balancer of an app that has no users yet. @returns the HTTP status */
export async function firstGuest({ ecs }: Stage, app: string): Promise<number> {
  const url = ecs.loadBalancers.find(({ name }) => name === app)?.url ?? "";
  const response = await fetch(`${url}/guests/${TRIAL}`, {
    method: "POST",
    signal: AbortSignal.timeout(10_000),
  });
  await response.arrayBuffer();
  return response.status;
}

/** The acknowledged writes that a Redis does not have, and guests that it has though no user wrote them. */
export function guestsIn(
  stage: Stage,
  setup?: Setup,
): Promise<{ missing: string[]; unexpected: string[] }> {
  // Read before Redis: a write that is acknowledged later may be missing there.
  const { acknowledged } = stage.load;
  return stage.lookAtRedis(async (redis) => {
    const found = new Set(await redis.smembers("guests"));
    const missing = acknowledged.filter((guest) => !found.has(guest));
    return { missing, unexpected: found.has(TRIAL) ? [TRIAL] : [] };
  }, setup);
}

export const inFolder =
  (folder: string) =>
  (path: string): boolean =>
    path.includes("/efs/aws_efs_file_system.") && path.endsWith(folder);

/** Every process of a service's tasks has ended. */
export async function untilServiceStopped(stage: Stage, service: string): Promise<void> {
  const tasks = () => stage.ecs.services.find(({ name }) => name === service)?.tasks ?? [];
  const isOver = (): boolean => tasks().every(({ status }) => status === "STOPPED");
  await stage.until(`no task of ${service} is left`, isOver);
}

/** The old setup starts, and every Redis server is watched from its start. */
export const watchedDeploy: Step = {
  title: firstDeploy.title,
  play: async (stage) => {
    stage.writers.look();
    await firstDeploy.play(stage);
  },
};

/** Over the whole migration, no folder had two writers. */
export const oneWriter: Step = {
  title: "one writer at a time",
  play: async ({ writers, results }) => {
    // A server that has just started is still in its container's own folder.
    const folders = writers.folders.filter(({ path }) => path.includes("/efs/"));
    for (const { path, servers, most } of folders) {
      const folder = path.slice(path.lastIndexOf("/"));
      results.measure(`servers in ${folder}, one after the other`, servers.length);
      results.expect(`never two Redis in ${folder}`, most === 1, `${most} at most`);
    }
    const handed = folders.find(({ path }) => inFolder("/redis")(path));
    results.measure("looks", writers.looks);
    results.expect(
      "the folder went from one server to another",
      (handed?.servers.length ?? 0) >= 3,
      handed?.servers.length ?? 0,
    );
  },
};
