import { createHash } from "node:crypto";
import type { TerraformResource } from "cdktf";

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
  return values.map((value, place) => make(id(keyOf(value, place)), value));
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
