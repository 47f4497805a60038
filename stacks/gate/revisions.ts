import type { Plan } from "./plan-schema.ts";

/** An ARN of a task definition with its revision. */
const ARN =
  /^(?<family>arn:[\w-]+:ecs:[\w-]+:\d{12}:task-definition\/[\w-]+):(?<revision>[1-9]\d*)$/;

/** The last part of `family` is the name of the family; the other parts say the partition, region and account. */
interface Revision {
  readonly family: string;
  readonly revision: number;
}

/**
 * Why a service or schedule may not run a task definition that exists. A rollback runs an older revision. A newer one
 * than those in the state was registered by something else.
 *
 * @param family the name of the app's or task's family
 */
export function revisionReason(
  before: unknown,
  after: unknown,
  family: string,
  plan: Plan,
): string | undefined {
  const was = revisionOf(before);
  const becomes = revisionOf(after);
  if (was === undefined || becomes === undefined) return "is not a revision of a task definition";
  if (becomes.family !== was.family || !was.family.endsWith(`/${family}`)) {
    return "refers to a task definition that is not the app's";
  }
  const newest = Math.max(was.revision, ...revisionsIn(plan, was.family));
  return becomes.revision > newest ? `is newer than revision ${newest} of the state` : undefined;
}

function revisionsIn({ resource_changes: changes }: Plan, family: string): number[] {
  return changes
    .filter(({ type }) => type === "aws_ecs_task_definition")
    .map(({ change: { before } }) => revisionOf(Object(before)["arn"]))
    .flatMap((known) => (known?.family === family ? [known.revision] : []));
}

function revisionOf(arn: unknown): Revision | undefined {
  const { family, revision } = ARN.exec(String(arn))?.groups ?? {};
  return family === undefined ? undefined : { family, revision: Number(revision) };
}
