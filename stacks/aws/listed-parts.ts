import { createHash } from "node:crypto";
import { type TerraformResource, TerraformStack } from "cdktf";

/** Makes one resource of each value of a list. */
export interface ListedParts<Resource extends TerraformResource> {
  /** Begins the id of each. */
  readonly prefix: string;
  readonly values: readonly string[];
  readonly make: (id: string, value: string) => Resource;
}

/**
 * One resource of each value, with an id of the value alone. With its place in the list for an id, a value that leaves
 * the list would make each one behind it another one: what is attached twice for a moment is then detached, and
 * what someone has confirmed is to be confirmed again.
 *
 * The place was the id before: `moved` blocks take over what is there
 * (https://developer.hashicorp.com/terraform/language/block/moved).
 */
export function listedParts<Resource extends TerraformResource>({
  prefix,
  values,
  make,
}: ListedParts<Resource>): Resource[] {
  return values.map((value, place) => {
    const id = `${prefix}_${idOf(value)}`;
    const part = make(id, value);
    const scope = part.friendlyUniqueId.slice(0, -id.length);
    moved(part, `${scope}${prefix}_${place}`);
    return part;
  });
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

/** Readable, and its own also where values differ in other characters alone. */
function idOf(value: string): string {
  const hash = createHash("sha256").update(value).digest("hex").slice(0, 8);
  return `${value.replaceAll(/\W+/g, "_")}_${hash}`;
}
