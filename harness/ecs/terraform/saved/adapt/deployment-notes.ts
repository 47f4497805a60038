import type { Block } from "../../configuration/module.ts";
import { isRecord } from "../configuration/expression-of.ts";
import type { Note } from "../note.ts";

/** How deployments run here, if that differs from the plan. */
export function withDeploymentNotes(block: Block): { block: Block; notes: readonly Note[] } {
  const { address, type, arguments: given } = block;
  if (type !== "aws_ecs_service") return { block, notes: [] };
  const controller = firstOf(given["deployment_controller"])["type"];
  const { strategy, lifecycle_hook: hooks } = firstOf(given["deployment_configuration"]);
  const texts = [
    ...(controller === "CODE_DEPLOY" || controller === "EXTERNAL"
      ? [`deployment_controller ${controller} is not played: ECS itself rolls out its deployments`]
      : []),
    ...(strategy === "LINEAR" || strategy === "CANARY"
      ? [`its deployments are BLUE_GREEN in place of ${strategy}: all requests are shifted at once`]
      : []),
    ...([hooks ?? []].flat().length > 0
      ? ["lifecycle_hook is not played, because local processes call no AWS API"]
      : []),
  ];
  return { block, notes: texts.map((text) => ({ address, text })) };
}

/** The only block, or an empty one. */
function firstOf(value: unknown): Readonly<Record<string, unknown>> {
  const [first] = [value].flat();
  return isRecord(first) ? first : {};
}
