import { createHash } from "node:crypto";
import { type TerraformResource, TerraformStack } from "cdktf";

/** Makes one resource of each value of a list. */
export interface ListedParts<Resource extends TerraformResource> {
  /** Makes a resource's id from the key of its value. */
  readonly id: (key: string) => string;
  readonly values: readonly string[];
  readonly make: (id: string, value: string) => Resource;
}

/**
 * Makes one resource per value. The id depends on the value, not on its index: otherwise, removing a value
 * would change every resource after it. Attachments would be detached, and email subscriptions would have to
 * be confirmed again.
 */
export function listedParts<Resource extends TerraformResource>({
  id,
  values,
  make,
}: ListedParts<Resource>): Resource[] {
  return values.map((value, place) => {
    const part = make(id(keyOf(value, place)), value);
    movedFrom(part, id(String(place)));
    return part;
  });
}

/**
 * The part of an id that identifies a value. It is readable, and a hash tells apart values that differ only in
 * punctuation. A value that only Terraform knows is identified by its index: the stack creates it, so its order is fixed.
 */
export function keyOf(value: string, place: number): string {
  if (value.includes("${")) return String(place);
  const hash = createHash("sha256").update(value).digest("hex").slice(0, 8);
  return `${value.replaceAll(/\W+/g, "_")}_${hash}`;
}

/**
 * Adds a `moved` block if the resource had another id before, so that Terraform keeps the resource
 * (https://developer.hashicorp.com/terraform/language/block/moved).
 */
export function movedFrom(part: TerraformResource, idBefore: string): void {
  const { id } = part.node;
  if (id === idBefore) return;
  const scope = part.friendlyUniqueId.slice(0, -id.length);
  moved(part, `${scope}${idBefore}`);
}

const moves = new WeakMap<TerraformStack, { readonly from: string; readonly to: string }[]>();

/** CDKTF's `moveFromId` does the same but runs `terraform version`, and a synthesis must not need Terraform. */
function moved(part: TerraformResource, before: string): void {
  const stack = TerraformStack.of(part);
  const type = part.terraformResourceType;
  const all = moves.get(stack) ?? [];
  moves.set(stack, all);
  all.push({ from: `${type}.${before}`, to: `${type}.${part.friendlyUniqueId}` });
  stack.addOverride("moved", all);
}
