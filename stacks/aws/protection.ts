import type { TerraformResource, TerraformResourceLifecycle } from "cdktf";

/** Meta-argument for a resource that must not be lost: a plan that destroys or replaces it fails. */
export function keepIf(isProtected: boolean): { lifecycle?: TerraformResourceLifecycle } {
  return isProtected ? { lifecycle: { preventDestroy: true } } : {};
}

/**
 * Lets resources go after what used them. When one leaves the configuration, Terraform destroys it before it
 * updates its users, unless its state says that it is created before it is destroyed
 * (https://github.com/hashicorp/terraform/blob/main/docs/destroying.md).
 */
export function goLast(...resources: readonly TerraformResource[]): void {
  for (const resource of resources) resource.lifecycle = { createBeforeDestroy: true };
}
