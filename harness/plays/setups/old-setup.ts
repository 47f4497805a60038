import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { redisImage } from "../../ecs/tasks/redis-image.ts";
import { APP, appProgram, type Setup, type Release } from "./setup.ts";

export const OLD_TEMPLATE = fileURLToPath(new URL("./before/main.tf.json", import.meta.url));

/**
 * The old setup, from a Terraform of its own: app and Redis are two containers of one task.
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
    release: (release) => released(readFileSync(OLD_TEMPLATE, "utf8"), release),
  };
}

interface Template {
  readonly resource: {
    readonly aws_ecs_task_definition: { readonly app: { container_definitions: string } };
  };
}

function released(text: string, { tag, command }: Release): object {
  const template = JSON.parse(text) as Template;
  const definition = template.resource.aws_ecs_task_definition.app;
  const containers = JSON.parse(definition.container_definitions) as {
    name: string;
    image: string;
    command?: readonly string[];
  }[];
  for (const container of containers.filter(({ name }) => name === APP)) {
    container.image = container.image.replace(/:[^:/]*$/, `:${tag}`);
    if (command !== undefined) container.command = command;
  }
  definition.container_definitions = JSON.stringify(containers);
  return template;
}
