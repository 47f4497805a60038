import { at, blocks, type Body, parsed, type Resource, type Template, texts } from "./template.ts";

/** A task definition, its containers, and the services that run it. */
export interface Task {
  readonly definition: Resource;
  readonly containers: readonly Container[];
  readonly services: readonly Resource[];
}

export interface Container {
  /** Path of the container inside its resource, for example `container_definitions.0`. */
  readonly field: string;
  readonly body: Body;
  /**
   * The words of the command, one per line, with the values of the container's plain variables; "" if the image's
   * default command runs.
   */
  readonly command: string;
}

/** Cache, because many rules read the tasks of a template. */
const known = new WeakMap<Template, readonly Task[]>();

export function tasksOf(template: Template): readonly Task[] {
  const tasks = known.get(template) ?? tasksIn(template);
  known.set(template, tasks);
  return tasks;
}

function tasksIn(template: Template): readonly Task[] {
  const services = template.all("aws_ecs_service");
  return template.all("aws_ecs_task_definition").map((definition) => ({
    definition,
    containers: containersOf(definition),
    services: services.filter(
      ({ body }) => template.find(body["task_definition"])?.address === definition.address,
    ),
  }));
}

/** A container and its task definition. */
export interface DefinedContainer extends Container {
  readonly definition: Resource;
}

/** The containers of all task definitions. */
export function allContainersOf(template: Template): readonly DefinedContainer[] {
  return tasksOf(template).flatMap(({ definition, containers }) =>
    containers.map((container) => ({ ...container, definition })),
  );
}

function containersOf({ body }: Resource): readonly Container[] {
  const list = parsed(body["container_definitions"]);
  if (!Array.isArray(list)) return [];
  return blocks(list).map((container, index) => ({
    field: `container_definitions.${index}`,
    body: container,
    command: withVariables(texts(container["command"]).join("\n"), container),
  }));
}

function withVariables(command: string, container: Body): string {
  const variables = blocks(container["environment"]);
  return command.replaceAll(/\$([A-Z_]+)/g, (reference, name) => {
    const value = variables.find((each) => each["name"] === name)?.["value"];
    return typeof value === "string" ? value : reference;
  });
}

/** A task that runs a Redis or Valkey server, and its container. */
export interface RedisTask extends Task {
  readonly redis: Container;
}

export function redisTasksOf(template: Template): readonly RedisTask[] {
  return tasksOf(template).flatMap((task) => {
    const redis = task.containers.find(({ body, command }) => runsRedis(body, command));
    return redis === undefined ? [] : [{ ...task, redis }];
  });
}

export function redisServicesOf(template: Template): readonly Resource[] {
  return redisTasksOf(template).flatMap(({ services }) => services);
}

/** Decides by the command, or without one by the image. */
function runsRedis(body: Body, command: string): boolean {
  if (command !== "") return /\b(redis|valkey)-server\b/.test(command);
  return /(?:^|\/)(?:redis|valkey)(?:[:@]|$)/.test(String(body["image"]));
}

/** Whether a task uses the host's network interface: in bridge and host mode. */
export function sharesHostNetwork({ definition }: Task): boolean {
  return definition.body["network_mode"] !== "awsvpc";
}

/** The value of a container's environment variable. */
export function variable({ body }: Container, name: string): unknown {
  return blocks(body["environment"]).find((entry) => entry["name"] === name)?.["value"];
}

export function secretNames({ body }: Container): readonly string[] {
  return blocks(body["secrets"]).map(({ name }) => String(name));
}

/** The mount paths of EFS volumes in a container, with the volumes' configurations. */
export function efsMounts({ definition }: Task, { body }: Container) {
  const volumes = new Map(
    blocks(definition.body["volume"]).map((volume) => [
      volume["name"],
      at(volume, "efs_volume_configuration"),
    ]),
  );
  return blocks(body["mountPoints"]).flatMap((mount) => {
    const efs = volumes.get(mount["sourceVolume"]);
    return efs === undefined ? [] : [{ path: String(mount["containerPath"]), efs }];
  });
}
