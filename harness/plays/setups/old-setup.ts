import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { redisImage } from "../../ecs/index.ts";
import { APP, appProgram, type Setup, type Release } from "./setup.ts";
import { changedContainer, type Template } from "./template.ts";

const OLD_TEMPLATE = fileURLToPath(new URL("./before/main.tf.json", import.meta.url));

/**
 * The old setup, from its own Terraform: app and Redis are two containers of one task.
 * One task, stopped before the next is started: with more, two Redis would write one folder.
 */
export function oldSetup(): Setup {
  return {
    environment: "before",
    local: {
      template: OLD_TEMPLATE,
      images: { redis: redisImage(), app: appProgram(new URL("./before/", import.meta.url)) },
      parameters: {},
      secrets: {},
    },
    services: { app: "before-app", redis: "before-app" },
    password: "before-redis-password",
    srvName: undefined,
    release: released,
  };
}

/** The old stack's Terraform. */
export const oldTemplate = (): Template =>
  JSON.parse(readFileSync(OLD_TEMPLATE, "utf8")) as Template;

function released({ tag, command }: Release): Template {
  return changedContainer(oldTemplate(), APP, (app) => ({
    ...app,
    image: app.image.replace(/:[^:/]*$/, `:${tag}`),
    ...(command && { command }),
  }));
}
