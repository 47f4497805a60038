import { createHash } from "node:crypto";
import { type TerraformResource, TerraformStack } from "cdktf";

/** Makes one resource of each value of a list. */
export interface ListedParts<Resource extends TerraformResource> {
  /** The id of each, with what stands for its value. */
  readonly id: (key: string) => string;
  readonly values: readonly string[];
  readonly make: (id: string, value: string) => Resource;
}

/**
 * One resource of each value, with an id of the value alone. With its place in the list for an id, a value that leaves
 * the list would make each one behind it another one: what is attached twice for a moment is then detached, and
 * what someone has confirmed is to be confirmed again.
 */
export function listedParts<Resource extends TerraformResource>({
  id,
  values,
  make,
}: ListedParts<Resource>): Resource[] {
  return values.map((value, place) => {
    const part = make(id(keyOf(value, place)), value);
    takeOver(part, id(String(place)));
    return part;
  });
}

/**
 * What stands for a value in an id: readable, and its own also where values differ in other characters alone. What
 * Terraform alone knows has its place in the list: the stack makes it, so its order is ours.
 */
export function keyOf(value: string, place: number): string {
  if (value.includes("${")) return String(place);
  const hash = createHash("sha256").update(value).digest("hex").slice(0, 8);
  return `${value.replaceAll(/\W+/g, "_")}_${hash}`;
}

/**
 * A `moved` block, if the resource's id was another one before: Terraform keeps what is there
 * (https://developer.hashicorp.com/terraform/language/block/moved).
 */
export function takeOver(part: TerraformResource, idBefore: string): void {
  const { id } = part.node;
  if (id === idBefore) return;
  const scope = part.friendlyUniqueId.slice(0, -id.length);
  moved(part, `${scope}${idBefore}`);
}

const moves = new WeakMap<TerraformStack, { readonly from: string; readonly to: string }[]>();

/** CDKTF's own `moveFromId` does the same, and runs `terraform version`: a synthesis needs no Terraform. */
function moved(part: TerraformResource, before: string): void {
  const stack = TerraformStack.of(part);
  const type = part.terraformResourceType;
  const all = moves.get(stack) ?? [];
  moves.set(stack, all);
  all.push({ from: `${type}.${before}`, to: `${type}.${part.friendlyUniqueId}` });
  stack.addOverride("moved", all);
}
