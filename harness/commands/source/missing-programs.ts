import { findImage, type LocalImages, type Plan, whyNotHere } from "../../ecs/index.ts";
import { everyRole, type Role } from "../../plays/setups/plan-roles.ts";
import { HERE } from "../../../command-line/options.ts";

/** A container that cannot start here. */
export interface MissingProgram extends Role {
  /** In Docker's words. */
  readonly why: string;
}

/** Containers of a plan whose programs are not on this machine, and whose images do not bring them. */
export async function missingPrograms(plan: Plan, images: LocalImages): Promise<MissingProgram[]> {
  const missing: MissingProgram[] = [];
  for (const role of everyRole(plan)) {
    const { image, name } = role.container;
    const why = await whyNotHere(role.container, findImage(images, image, name), HERE);
    if (why !== undefined) missing.push({ ...role, why });
  }
  return missing;
}
