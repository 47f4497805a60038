import { ensureDefined } from "../../stacks/config/ensure-defined.ts";
import type { Environment, EnvironmentsInput } from "../../stacks/config/environment-schema.ts";

/** An image of the same repository with another tag, or with another digest if `image` has a digest. */
export function releasedImage(image: string): string {
  const repository = image.replace(/@.*$/, "").replace(/:[^/]*$/, "");
  return image.includes("@")
    ? `${repository}@sha256:${"e".repeat(64)}`
    : `${repository}:emulated-release`;
}

/** The parameter's value before the first deploy. */
export const FIRST_IMAGE = "registry.example/app:1.0.0";

/** The SSM parameter with the app's image; undefined if `environments.ts` has the image itself. */
export function imageParameter({ app: { image } }: Environment): string | undefined {
  return typeof image === "string" ? undefined : image.ssmParameter;
}

/** Releases the app of one environment, unless its image is in an SSM parameter. */
export function withRelease(all: EnvironmentsInput, { name, app }: Environment): EnvironmentsInput {
  if (typeof app.image !== "string") return all;
  const environment = environmentIn(all, name);
  const released = { ...environment.app, image: releasedImage(app.image) };
  return { ...all, [name]: { ...environment, app: released } };
}

/** Sets `protected: false` in one environment, as a user does before destroying it. */
export function withoutProtection(
  all: EnvironmentsInput,
  { name }: Environment,
): EnvironmentsInput {
  return { ...all, [name]: { ...environmentIn(all, name), protected: false } };
}

function environmentIn(all: EnvironmentsInput, name: string): EnvironmentsInput[string] {
  return ensureDefined(all[name], `environment ${name}`);
}
