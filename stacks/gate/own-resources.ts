import type { Environment } from "../config/environment-schema.ts";
import { namesOf } from "../config/names.ts";
import type { ResourceChange } from "./plan.ts";

/** A kind of resource that a release of the app changes, and what of it. */
export interface Kind {
  /** In a sentence: "the app's service". */
  readonly what: string;
  /** The argument with its name in AWS, and the names that are the app's. */
  readonly named: readonly [argument: string, names: readonly string[]];
  /** How it changes, in words such as `replace`. */
  readonly actions: readonly string[];
  /** Paths that may differ. */
  readonly mayDiffer: RegExp;
  /** Those of them whose new value is known only after apply, since AWS gives it. */
  readonly givenByAws: RegExp;
  /** What their new value may be where it is known. @default anything */
  readonly mayBecome?: RegExp;
}

/** What AWS gives every new revision of a task definition, where `environments.ts` does not say it. */
export const NEW_REVISION =
  /^(?:arn|arn_without_revision|enable_fault_injection|id|revision|tags_all)$/;

/**
 * What a container is made of, and what it is told. Not its ports, mounts and rights: these reach beyond
 * the app.
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

/** The ARN of a task definition of one of these families: a known one takes a rollback back. */
const revisionOf = (...families: readonly string[]): RegExp =>
  new RegExp(String.raw`:task-definition/(?:${families.join("|")})(?::\d+)?$`);

const SCHEDULED = /^target\.0\.ecs_parameters\.0\.task_definition_arn$/;

/** The app's own resources, by type. */
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

/** The name in AWS of a resource before or after a change. */
export function nameIn(state: unknown, argument: string): unknown {
  return typeof state === "object" && state !== null ? Reflect.get(state, argument) : undefined;
}

/** The names of the app's services that a plan has, changed or not. */
export function servicesIn(changes: readonly ResourceChange[]): string[] {
  return changes
    .filter(({ type, mode }) => type === "aws_ecs_service" && mode === "managed")
    .flatMap(({ change }) => [nameIn(change.before, "name") ?? nameIn(change.after, "name")])
    .filter((name) => typeof name === "string");
}
