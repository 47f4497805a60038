import type { Environment } from "../config/environment-schema.ts";
import { namesOf } from "../config/names.ts";
import type { ResourceChange } from "./plan.ts";

/** A type of resource that a release of the app changes, and the allowed changes. */
export interface Kind {
  /** For messages: "the app's service". */
  readonly what: string;
  /** The argument that contains the resource's name in AWS, and the app's names. */
  readonly named: readonly [argument: string, names: readonly string[]];
  /** Allowed actions, such as `replace`. */
  readonly actions: readonly string[];
  /** Paths that may change. */
  readonly mayDiffer: RegExp;
  /** Paths whose new value is set by AWS, so it is known only after apply. */
  readonly givenByAws: RegExp;
  /** Allowed new values, if they are known. @default any */
  readonly mayBecome?: RegExp;
}

/** Attributes that AWS sets for each new revision of a task definition. */
export const NEW_REVISION =
  /^(?:arn|arn_without_revision|enable_fault_injection|id|revision|tags_all)$/;

/**
 * Fields of a container that a release may change. Ports, mounts and permissions are not allowed: they affect more
 * than the app.
 */
const CONTAINER = [
  "image",
  "command",
  "entryPoint",
  "environment",
  "secrets",
  "healthCheck",
  "cpu",
  "memory",
  "memoryReservation",
  "stopTimeout",
];

const TASK_DEFINITION = new RegExp(
  String.raw`^(?:container_definitions\.[\w-]+\.(?:${CONTAINER.join("|")})|tags(?:_all)?)(?:\.|$)`,
);

/** Matches ARNs of task definitions of these families. In a rollback, the ARN is known. */
const revisionOf = (...families: readonly string[]): RegExp =>
  new RegExp(String.raw`:task-definition/(?:${families.join("|")})(?::\d+)?$`);

const SCHEDULED = /^target\.0\.ecs_parameters\.0\.task_definition_arn$/;

/** The app's resources, by type. */
export function ownResources(environment: Environment): Readonly<Record<string, Kind>> {
  const names = namesOf(environment);
  const tasks = Object.keys(environment.tasks).map((name) => names.task(name));
  return {
    aws_ecs_task_definition: {
      what: "the task definitions of the app and its tasks",
      named: ["family", [names.app, ...tasks]],
      actions: ["replace", "update"],
      mayDiffer: TASK_DEFINITION,
      givenByAws: NEW_REVISION,
    },
    aws_ecs_service: {
      what: "the app's service",
      named: ["name", [names.app]],
      actions: ["update"],
      mayDiffer: /^task_definition$/,
      givenByAws: /^task_definition$/,
      mayBecome: revisionOf(names.app),
    },
    aws_scheduler_schedule: {
      what: "the schedules of the app's tasks",
      named: ["name", tasks],
      actions: ["update"],
      mayDiffer: SCHEDULED,
      givenByAws: SCHEDULED,
      mayBecome: revisionOf(...tasks),
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
