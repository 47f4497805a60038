import type { Environment } from "../config/environment-schema.ts";
import { namesOf } from "../config/names.ts";
import type { Body, Template } from "../rules/template.ts";
import type { ResourceChange } from "./plan-schema.ts";

/** A type of resource that a release of the app changes, and the allowed changes. */
interface Kind {
  /** For messages: "the app's service". */
  readonly what: string;
  /** The argument that contains the resource's name in AWS, and the app's names. */
  readonly named: readonly [argument: string, names: readonly string[]];
  /** Whether an id or ARN is that of the resource with a name. */
  readonly isId: (id: string, name: string, cluster: string) => boolean;
  /** Allowed actions, such as `replace`. */
  readonly actions: readonly string[];
  /** Paths that may change. */
  readonly mayDiffer: RegExp;
  /** Paths whose new value is set by AWS, so it is known only after apply. */
  readonly givenByAws: RegExp;
  /** For what runs tasks: the path of its cluster, and of the revision of a task definition. */
  readonly runs?: { readonly cluster: string; readonly revision: string };
}

/** A resource of the app in the synthesized environment. */
export interface OwnResource {
  readonly kind: Kind;
  /** Its name in AWS. That of a service or schedule is also its task definition's family. */
  readonly name: string;
  /** The name of the environment's cluster. */
  readonly cluster: string;
  readonly body: Body;
}

/** Attributes that AWS sets for each new revision of a task definition. */
export const NEW_REVISION =
  /^(?:arn|arn_without_revision|enable_fault_injection|id|revision|tags_all)$/;

/**
 * Fields of a container that a release may change. Ports, mounts and permissions are not allowed: they affect more
 * than the app. Without its hard limit, `memory`, a container can take the memory of Redis on the same host. With
 * `memoryReservation` beside it, ECS reserves only that, and places more tasks on a host than it has memory for.
 */
const CONTAINER = [
  "image",
  "command",
  "entryPoint",
  "environment",
  "secrets",
  "healthCheck",
  "cpu",
  "stopTimeout",
];

const TASK_DEFINITION = new RegExp(
  String.raw`^(?:container_definitions\.[\w-]+\.(?:${CONTAINER.join("|")})|tags(?:_all)?)(?:\.|$)`,
);

const SCHEDULED = /^target\.0\.ecs_parameters\.0\.task_definition_arn$/;

/** The app's resources by their addresses. */
export function ownResources(
  environment: Environment,
  template: Template,
): ReadonlyMap<string, OwnResource> {
  const { cluster: config } = environment;
  const cluster = "name" in config ? config.name : namesOf(environment).cluster;
  const own = Object.entries(kindsOf(environment)).flatMap(([type, kind]) => {
    const [argument, names] = kind.named;
    return template.all(type).flatMap(({ address, body }) => {
      const name = names.find((each) => each === body[argument]);
      return name === undefined ? [] : [[address, { kind, name, cluster, body }] as const];
    });
  });
  return new Map(own);
}

function kindsOf(environment: Environment): Readonly<Record<string, Kind>> {
  const names = namesOf(environment);
  const tasks = Object.keys(environment.tasks).map((name) => names.task(name));
  return {
    aws_ecs_task_definition: {
      what: "the task definitions of the app and its tasks",
      named: ["family", [names.app, ...tasks]],
      isId: (id, name) => id.replace(/^arn:.*:task-definition\/|:\d+$/g, "") === name,
      actions: ["replace", "update"],
      mayDiffer: TASK_DEFINITION,
      givenByAws: NEW_REVISION,
    },
    aws_ecs_service: {
      what: "the app's service",
      named: ["name", [names.app]],
      isId: (id, name, cluster) => id.endsWith(`:service/${cluster}/${name}`),
      actions: ["update"],
      mayDiffer: /^task_definition$/,
      givenByAws: /^task_definition$/,
      runs: { cluster: "cluster", revision: "task_definition" },
    },
    aws_scheduler_schedule: {
      what: "the schedules of the app's tasks",
      named: ["name", tasks],
      isId: (id, name) => id.replace(/^arn:.*:schedule\//, "") === `default/${name}`,
      actions: ["update"],
      mayDiffer: SCHEDULED,
      givenByAws: SCHEDULED,
      runs: { cluster: "target.0.arn", revision: "target.0.ecs_parameters.0.task_definition_arn" },
    },
  };
}

/** A resource's name in AWS, before or after a change. */
export function nameIn(state: unknown, argument: string): unknown {
  return typeof state === "object" && state !== null ? Reflect.get(state, argument) : undefined;
}

/** The names of all ECS services in a plan, changed or not. */
export function servicesIn(changes: readonly ResourceChange[]): string[] {
  return changes
    .filter(({ type, mode }) => type === "aws_ecs_service" && mode === "managed")
    .flatMap(({ change }) => [nameIn(change.before, "name") ?? nameIn(change.after, "name")])
    .filter((name) => typeof name === "string");
}
