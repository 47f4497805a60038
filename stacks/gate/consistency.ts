import { isDeepStrictEqual } from "node:util";
import type { Plan } from "./plan-schema.ts";

/** Where the parts of a plan contradict each other. Terraform writes no such plan. */
export function* consistencyProblems(plan: Plan): Generator<string> {
  const { resource_changes: changes, planned_values: values } = plan;
  const seen = new Set<string>();
  for (const { address, deposed } of changes) {
    const object = JSON.stringify([address, deposed]);
    if (seen.has(object)) yield `${address}: is in the plan twice`;
    seen.add(object);
  }
  const after = new Map(changes.map(({ address, change }) => [address, change.after]));
  for (const { address, values: planned } of values.root_module?.resources ?? []) {
    if (!after.has(address)) yield `${address}: is in planned_values, but not in resource_changes`;
    else if (!isDeepStrictEqual(planned, after.get(address))) {
      yield `${address}: planned_values and resource_changes differ`;
    }
  }
}
