import { REDIS, type Setup } from "./setup.ts";
import { environmentSetup } from "./environment-setup.ts";

/** The line of Redis' command that takes the writer lock. */
const LOCK = /^exec 9<>\/data\/\.writer\.lock; flock [^\n]*\n/;

/**
 * The environment dev as it would be with neither the writer lock nor percentages of its own: ECS'
 * defaults keep the old Redis until the new one is healthy.
 */
export function withoutLock(): Setup {
  const dev = environmentSetup("dev");
  return {
    ...dev,
    local: { ...dev.local, template: unlocked(dev.local.template) },
    release: (release) => unlocked(dev.release(release)),
  };
}

function unlocked(template: unknown): object {
  const copy = structuredClone(template) as Template;
  const { aws_ecs_service, aws_ecs_task_definition } = copy.resource;
  const service = aws_ecs_service["redis_service"];
  const definition = aws_ecs_task_definition["redis_task_definition"];
  if (!service || !definition) throw new Error("the template has no Redis service");
  service["deployment_minimum_healthy_percent"] = 100;
  service["deployment_maximum_percent"] = 200;
  definition.container_definitions = changedContainer(definition, (container) => {
    const [shell, flag, script = ""] = container.command;
    if (!LOCK.test(script)) throw new Error("the command of Redis takes no lock");
    return { ...container, command: [shell, flag, script.replace(LOCK, "")] };
  });
  return copy;
}

/** The same template with another revision of Redis' task definition. */
export function redisRelease(template: unknown): object {
  const copy = structuredClone(template) as Template;
  const definition = copy.resource.aws_ecs_task_definition["redis_task_definition"];
  if (!definition) throw new Error("the template has no Redis service");
  definition.container_definitions = changedContainer(definition, (container) => ({
    ...container,
    dockerLabels: { release: "2" },
  }));
  return copy;
}

interface Template {
  readonly resource: {
    readonly aws_ecs_service: Record<string, Record<string, unknown>>;
    readonly aws_ecs_task_definition: Record<string, { container_definitions: string }>;
  };
}

interface ContainerDefinition {
  readonly name: string;
  readonly command: readonly [shell?: string, flag?: string, script?: string];
}

function changedContainer(
  { container_definitions }: { container_definitions: string },
  change: (container: ContainerDefinition) => object,
): string {
  const containers = JSON.parse(container_definitions) as ContainerDefinition[];
  return JSON.stringify(containers.map((each) => (each.name === REDIS ? change(each) : each)));
}
