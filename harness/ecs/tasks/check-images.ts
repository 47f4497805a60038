import { HarnessError } from "../base/errors.ts";
import type { Plan } from "../terraform/plan/plan.ts";
import { userOf } from "./container-user.ts";
import { argvOf, findImage, type LocalImages } from "./image.ts";

/**
 * Checks, before anything starts, that every container has an image, a command and a user, and that none from an image is
 * privileged.
 * @throws HarnessError ERR_IMAGE with the container's name
 */
export function checkImages({ taskDefinitions }: Plan, images: LocalImages): void {
  for (const { address, containers } of taskDefinitions.values()) {
    for (const container of containers) {
      const image = findImage(images, container.image, `${address} (${container.name})`);
      argvOf(container, image);
      userOf(container, image);
      if (image.root === undefined || !container.privileged) continue;
      const message = `${address} (${container.name}): a privileged container cannot run from an image; give a program for it`;
      throw new HarnessError("ERR_IMAGE", message);
    }
  }
}
