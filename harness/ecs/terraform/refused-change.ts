import { HarnessError } from "../base/errors.ts";
import type { Declared } from "./declared.ts";

/**
 * Refuses a change that the provider refuses in a plan: another capacity provider strategy without
 * `force_new_deployment` (https://github.com/hashicorp/terraform-provider-aws/pull/43533).
 * @throws HarnessError ERR_TEMPLATE
 */
export function refuseChange({ address, type, arguments: args }: Declared, names: string[]): void {
  if (type !== "aws_ecs_service" || !names.includes("capacity_provider_strategy")) return;
  if (args["force_new_deployment"] === true) return;
  const message = `${address}.force_new_deployment should be true when capacity_provider_strategy is being updated`;
  throw new HarnessError("ERR_TEMPLATE", message);
}
