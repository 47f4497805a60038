import { mkdir } from "node:fs/promises";
import path from "node:path";
import type { ContainerPlan } from "../terraform/plan/plan.ts";
import type { ContainerContext, ContainerRuntime } from "./container-context.ts";
import type { ContainerLaunch, LaunchFiles } from "./launch.ts";
import { prepareImageLaunch } from "./image-launch.ts";
import { prepareProcessLaunch } from "./process-launch.ts";

/**
 * Creates a container's folders and programs. Returns the inputs for the start of its process.
 * @throws if its program or its working directory does not exist
 */
export async function prepareLaunch(
  plan: ContainerPlan,
  runtime: ContainerRuntime,
  context: ContainerContext,
): Promise<ContainerLaunch & LaunchFiles> {
  const { folders } = runtime;
  const { taskId, network } = context;
  const { root } = runtime.image(plan.image);
  const launch =
    root === undefined || network === undefined
      ? await prepareProcessLaunch(plan, runtime, context)
      : await prepareImageLaunch(plan, runtime, { ...context, root, network });
  const logFile = folders.log(taskId, plan.name);
  await mkdir(path.dirname(logFile), { recursive: true });
  return { ...launch, logFile };
}
