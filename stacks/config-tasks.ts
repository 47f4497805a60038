import { fields, oneOf, whole } from "./fields.ts";

/** How tasks are in the network and how many of them there are. */

export const networkModeSchema = oneOf(["bridge", "awsvpc", "host"])
  .default("bridge")
  .describe(
    "`bridge`: a dynamic port of the host; `awsvpc`: an address and a security group of each task's " +
      "own, of which a host has few; `host`: the port itself on the host, so one task a host",
  );

export const autoscalingSchema = fields({
  min: whole(1, 1000).describe("Tasks that always run"),
  max: whole(1, 1000).describe("Tasks that may run"),
  cpu: whole(10, 400, "percent")
    .optional()
    .describe("CPU that tasks use on average, of what they reserve; above it there are more"),
  requestsPerTarget: whole(1, 1_000_000)
    .optional()
    .describe("Requests a minute that a task gets on average; above it there are more"),
})
  .refine(({ min, max }) => min <= max, { path: ["min"], error: "at most max" })
  .refine(({ cpu, requestsPerTarget }) => cpu !== undefined || requestsPerTarget !== undefined, {
    path: ["cpu"],
    error: "a percentage, unless there is requestsPerTarget",
  });

export interface Counted {
  readonly desiredCount?: number | undefined;
  readonly autoscaling?: { readonly min: number; readonly max: number } | undefined;
}

/** Tasks that run at least, and at first. */
export function fewestTasks({ desiredCount, autoscaling }: Counted): number {
  return autoscaling?.min ?? desiredCount ?? 2;
}

export function mostTasks({ desiredCount, autoscaling }: Counted): number {
  return autoscaling?.max ?? desiredCount ?? 2;
}
