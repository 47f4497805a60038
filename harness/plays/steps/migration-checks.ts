import type { Setup } from "../setups/setup.ts";
import { firstDeploy } from "./first-deploy.ts";
import type { Stage } from "../stage/stage.ts";
import type { Step } from "./step.ts";

// Checks of a migration.

/** The guest who tries the new app before users move to it. */
const TRIAL = "trial";

/** Writes through the load balancer of an app without users. @returns the HTTP status */
export async function firstGuest({ ecs }: Stage, app: string): Promise<number> {
  const url = ecs.loadBalancers.find(({ name }) => name === app)?.url ?? "";
  const response = await fetch(`${url}/guests/${TRIAL}`, {
    method: "POST",
    signal: AbortSignal.timeout(10_000),
  });
  await response.arrayBuffer();
  return response.status;
}

/** The acknowledged writes that a Redis lacks, and guests in it that no user wrote. */
export function guestsIn(
  stage: Stage,
  setup?: Setup,
): Promise<{ missing: string[]; unexpected: string[] }> {
  // Must be read before Redis, because later writes may be missing there.
  const { acknowledged } = stage.load;
  return stage.readRedis(async (redis) => {
    const found = new Set(await redis.smembers("guests"));
    const missing = acknowledged.filter((guest) => !found.has(guest));
    return { missing, unexpected: found.has(TRIAL) ? [TRIAL] : [] };
  }, setup);
}

export const inFolder =
  (folder: string) =>
  (path: string): boolean =>
    path.includes("/efs/aws_efs_file_system.") && path.endsWith(folder);

/** Waits until all tasks of a service have stopped. */
export async function untilServiceStopped(stage: Stage, service: string): Promise<void> {
  const tasks = () => stage.ecs.services.find(({ name }) => name === service)?.tasks ?? [];
  const isOver = (): boolean => tasks().every(({ status }) => status === "STOPPED");
  await stage.until(`no task of ${service} is left`, isOver);
}

/** The first deploy, with an observer of Redis servers from the start. */
export const watchedDeploy: Step = {
  title: firstDeploy.title,
  play: async (stage) => {
    stage.writers.sample();
    await firstDeploy.play(stage);
  },
};

/** No folder had two writers during the migration. */
export const oneWriter: Step = {
  title: "one writer at a time",
  play: async ({ writers, results }) => {
    // A server that has just started is still in its container's folder.
    const folders = writers.folders.filter(({ path }) => path.includes("/efs/"));
    for (const { path, servers, most } of folders) {
      const folder = path.slice(path.lastIndexOf("/"));
      results.measure(`servers in ${folder}, in sequence`, servers.length);
      results.expect(`never two Redis in ${folder}`, most === 1, `${most} at most`);
    }
    const handed = folders.find(({ path }) => inFolder("/redis")(path));
    results.measure("samples", writers.samples);
    results.expect(
      "the folder had several servers in sequence",
      (handed?.servers.length ?? 0) >= 3,
      handed?.servers.length ?? 0,
    );
  },
};
