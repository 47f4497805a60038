import { HarnessError, invalid } from "./base/errors.ts";
import { checkServiceConnect } from "./discovery/service-connect.ts";
import type { LocalEcsOptions } from "./local-ecs-options.ts";
import { whyNoImages } from "./machine/check-images.ts";
import { tryIsolation } from "./machine/platform.ts";
import { checkImages } from "./tasks/check-images.ts";
import { checkExtraHosts } from "./tasks/container-links.ts";
import { checkEnvironmentFiles } from "./tasks/environment-files.ts";
import type { Plan } from "./terraform/plan/plan.ts";

type MachineOptions = Pick<LocalEcsOptions, "images" | "platform" | "environmentFiles">;

/**
 * Checks that this machine can run a plan, as {@link startLocalEcs} does before it starts anything.
 * @throws HarnessError ERR_IMAGE, ERR_UNSUPPORTED, ERR_INVALID_ARG or ERR_PLATFORM with the resource or the option
 */
export async function checkStart(plan: Plan, options: MachineOptions): Promise<void> {
  const { images, platform = {}, environmentFiles = {} } = options;
  checkImages(plan, images);
  checkEnvironmentFiles(plan, environmentFiles);
  if (hasRoots(images)) await checkRoots(options);
  await checkServiceConnect(plan, () => tryIsolation(platform));
  await checkExtraHosts(plan, () => tryIsolation(platform));
}

/** Whether containers have roots from images. */
export const hasRoots = (images: MachineOptions["images"]): boolean =>
  Object.values(images).some(({ root }) => root !== undefined);

async function checkRoots({ platform }: MachineOptions): Promise<void> {
  if (platform?.networks === false) {
    throw invalid("option platform.networks: containers from images need networks of their own");
  }
  const why = await whyNoImages();
  if (why !== undefined) throw new HarnessError("ERR_PLATFORM", why);
}
