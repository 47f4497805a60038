import { HarnessError } from "../base/errors.ts";
import type { Change } from "./types/resource-type.ts";
import { compare } from "./changes/compare.ts";
import { noEffect } from "./types/fields.ts";
import type { Template } from "./template.ts";
import { argumentOf, isModelled, rowOf } from "./types/index.ts";

/** Whether a change is possible while the local ECS runs. A change of other types needs a new start. */
const isChangeable = ({ type, action }: Change): boolean =>
  rowOf(type).changeable?.includes(action) === true;

/** An update of arguments without effect, such as the image of a launch template, does nothing here. */
const hasEffect = ({ type, action, arguments: names }: Change): boolean =>
  action !== "update" ||
  !isModelled(type) ||
  names.some((name) => argumentOf(type, name) !== noEffect);

/**
 * The changes from the template that runs now.
 * @throws HarnessError ERR_UNSUPPORTED for a change that needs a new start, ERR_TEMPLATE for a replacement that
 * `prevent_destroy` or AWS forbids
 */
export function changesBetween(before: Template | undefined, after: Template): Change[] {
  const changes = compare(before?.declared, after.declared);
  if (!before) return changes;
  for (const change of changes) {
    if (change.action === "replace") checkReplaceable(change, before, after, changes);
  }
  const fixed = changes.filter(
    (change) => isModelled(change.type) && !isChangeable(change) && hasEffect(change),
  );
  if (fixed.length === 0) return changes;
  const names = fixed.map(({ address, action }) => `${address} (${action})`);
  const message = `${names.join(", ")}: cannot change while the local ECS runs; close it and start it from the new template`;
  throw new HarnessError("ERR_UNSUPPORTED", message, { fixed: names });
}

/**
 * `prevent_destroy` forbids a replacement, but not the removal of the block
 * (https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle#prevent_destroy). Cloud Map does
 * not delete a service with instances, unless `force_destroy` deregisters them.
 */
function checkReplaceable(
  { address, arguments: names }: Change,
  before: Template,
  after: Template,
  changes: readonly Change[],
): void {
  const why = names.length > 0 ? `a change of ${names.join(", ")}` : "replace_triggered_by";
  if (after.declared.get(address)?.lifecycle.prevent_destroy === true) {
    const message = `${address}: Instance cannot be destroyed: ${why} replaces it, and lifecycle.prevent_destroy is set`;
    throw new HarnessError("ERR_TEMPLATE", message);
  }
  const present = before.declared.get(address);
  if (!before.plan.discovery.has(address) || present?.arguments["force_destroy"] === true) return;
  const stays = before.plan.services.find(
    (service) =>
      service.desiredCount > 0 &&
      service.registries.some((registry) => registry.address === address) &&
      !changes.some(
        (change) => change.address === service.address && /replace|delete/.test(change.action),
      ),
  );
  if (!stays) return;
  const message = `${address}.force_destroy: ${why} replaces it while ${stays.address} has instances in it (ResourceInUse); set it, or lifecycle.replace_triggered_by of the service`;
  throw new HarnessError("ERR_TEMPLATE", message);
}
