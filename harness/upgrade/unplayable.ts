import { changesBetween, HarnessError, readTemplate, type RootModule } from "../ecs/index.ts";
import type { Setup } from "../plays/setups/setup.ts";
import { MANAGED } from "../plays/setups/template.ts";
import { knownIn } from "./analyse.ts";
import type { Effect } from "./notice.ts";

/** The new version for running hosts, which keep their launch template. */
export function onRunningHosts(old: RootModule, next: RootModule): RootModule {
  const type = "aws_launch_template";
  const kept = Object.entries(next.resource?.[type] ?? {}).map(([name, block]) => [
    name,
    old.resource?.[type]?.[name] ?? block,
  ]);
  if (kept.length === 0) return next;
  return { ...next, resource: { ...next.resource, [type]: Object.fromEntries(kept) } };
}

/**
 * Why the local ECS cannot deploy the new version over the old one. Undefined: it can.
 * @param effect on Redis
 */
export async function whyUnplayable(
  setup: Setup,
  next: RootModule,
  effect: Effect,
): Promise<string | undefined> {
  if (effect === "leaves data") return "the local ECS does not have the data in the new place";
  if (effect === "does not start") return "the local ECS runs one version of Redis for every image";
  const { template } = setup.local;
  if ([template as RootModule, next].some(({ resource }) => resource?.[MANAGED] !== undefined)) {
    return "Redis on ElastiCache is outside ECS";
  }
  const known = knownIn(setup);
  try {
    const before = await readTemplate(template, known);
    changesBetween(before, await readTemplate(next, known, before));
    return undefined;
  } catch (error) {
    if (error instanceof HarnessError) return error.message;
    throw error;
  }
}
