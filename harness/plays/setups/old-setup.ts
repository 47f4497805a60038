import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type LocalImage, redisImage } from "../../ecs/index.ts";
import { APP, appProgram, type Setup, type Release } from "./setup.ts";
import { changed, changedContainer, type Template } from "./template.ts";

const OLD_TEMPLATE = fileURLToPath(new URL("./before/main.tf.json", import.meta.url));

export interface OldSetupOptions {
  /** The program to run as the app. @default the guest book for this setup */
  readonly app?: LocalImage;
  /** The path of the load balancer's health check. @default "/healthz" */
  readonly healthCheckPath?: string;
}

/**
 * The old setup, from its own Terraform: app and Redis are two containers of one task. ECS runs one task and stops
 * it before it starts the next, because two Redis would write one folder.
 */
export function oldSetup({ app = oldGuestBook(), healthCheckPath }: OldSetupOptions = {}): Setup {
  const template = withHealthCheck(oldTemplate(), healthCheckPath);
  return {
    environment: "before",
    local: { template, images: { redis: redisImage(), app }, parameters: {}, secrets: {} },
    services: { app: "before-app", redis: "before-app" },
    password: "before-redis-password",
    srvName: undefined,
    release: (release) => released(template, release),
  };
}

/** The guest book for the old setup. */
export const oldGuestBook = (): LocalImage => appProgram(new URL("./before/", import.meta.url));

export const oldTemplate = (): Template =>
  JSON.parse(readFileSync(OLD_TEMPLATE, "utf8")) as Template;

function withHealthCheck(template: Template, path: string | undefined): Template {
  if (path === undefined) return template;
  return changed(template, (type, _, block) => {
    if (type !== "aws_lb_target_group") return block;
    return { ...block, health_check: { ...(block["health_check"] as object), path } };
  });
}

function released(template: Template, { tag, command }: Release): Template {
  return changedContainer(template, APP, (app) => ({
    ...app,
    image: app.image.replace(/:[^:/]*$/, `:${tag}`),
    ...(command && { command }),
  }));
}
