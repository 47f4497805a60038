import { ensureDefined } from "../../stacks/config/ensure-defined.ts";
import type { Environment, EnvironmentsInput } from "../../stacks/config/environment-schema.ts";

/** The image that is released: of the same repository, by tag or by digest as the first one. */
export function releasedImage(image: string): string {
  const repository = image.replace(/@.*$/, "").replace(/:[^/]*$/, "");
  return image.includes("@")
    ? `${repository}@sha256:${"e".repeat(64)}`
    : `${repository}:emulated-release`;
}

/** What a parameter holds before the first deploy. */
export const FIRST_IMAGE = "registry.example/app:1.0.0";

/** The SSM parameter with the app's image; undefined where the image is written in `environments.ts`. */
export function imageParameter({ app: { image } }: Environment): string | undefined {
  return typeof image === "string" ? undefined : image.ssmParameter;
}

/** The environments after a release of the app of one of them, with its image in `environments.ts`. */
export function withRelease(all: EnvironmentsInput, { name, app }: Environment): EnvironmentsInput {
  if (typeof app.image !== "string") return all;
  const environment = environmentIn(all, name);
  const released = { ...environment.app, image: releasedImage(app.image) };
  return { ...all, [name]: { ...environment, app: released } };
}

/** The environments with one of them not protected: what a user deploys before the end of it. */
export function withoutProtection(
  all: EnvironmentsInput,
  { name }: Environment,
): EnvironmentsInput {
  return { ...all, [name]: { ...environmentIn(all, name), protected: false } };
}

function environmentIn(all: EnvironmentsInput, name: string): EnvironmentsInput[string] {
  return ensureDefined(all[name], `environment ${name}`);
}
