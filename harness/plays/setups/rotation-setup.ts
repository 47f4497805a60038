import type { EnvironmentsInput } from "../../../stacks/config/environment-schema.ts";
import { environmentSetup } from "./environment-setup.ts";
import { example } from "./example-environment.ts";
import type { Setup } from "./setup.ts";
import { synthesized } from "./synthesized.ts";
import type { Template } from "./template.ts";

const { dev } = example;

const atStep = (passwordVersion: number, command?: readonly string[]): EnvironmentsInput => ({
  dev: {
    ...dev,
    redis: { ...dev.redis, passwordVersion },
    app: { ...dev.app, ...(command && { command: [...command] }) },
  },
});

/** The environment dev before any rotation. */
export const rotationSetup = (): Setup => environmentSetup("dev", { environments: atStep(1) });

/**
 * The environment dev at a step of the rotation.
 * @param command of the app, instead of the image's
 */
export const rotatedTo = (step: number, command?: readonly string[]): Template =>
  synthesized(atStep(step, command), "dev");

/** The name of the second secret. */
export const secondPassword = ({ services: { redis } }: Pick<Setup, "services">): string =>
  `${redis}-password-b`;
