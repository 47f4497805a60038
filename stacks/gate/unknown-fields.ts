import { type Plan, unknownFields } from "./plan-schema.ts";

/** The fields of a plan that the gate does not know. They may be something that acts, of a newer version. */
export function* unknownFieldProblems(plan: Plan): Generator<string> {
  for (const [what, part, value] of partsOf(plan)) {
    const unknown = unknownFields(part, value);
    if (unknown.length > 0) {
      yield `${what}: has fields that are unknown here: ${unknown.join(", ")}`;
    }
  }
}

type Part = readonly [what: string, part: Parameters<typeof unknownFields>[0], value: object];

function* partsOf(plan: Plan): Generator<Part> {
  yield ["the plan", "plan", plan];
  for (const each of plan.resource_changes) {
    yield [each.address, "resourceChange", each];
    yield [`change of ${each.address}`, "change", each.change];
  }
  const { configuration } = plan;
  if (configuration === undefined) return;
  yield ["configuration", "configuration", configuration];
  yield ["root_module", "module", configuration.root_module];
  for (const each of configuration.root_module.resources) yield [each.address, "resource", each];
  for (const [key, each] of Object.entries(configuration.provider_config)) {
    yield [`provider ${key}`, "provider", each];
  }
}
