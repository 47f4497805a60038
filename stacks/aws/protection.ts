import type { TerraformResource, TerraformResourceLifecycle } from "cdktf";

/** Meta-argument for a resource that must not be lost: a plan that destroys or replaces it fails. */
export function preventDestroyIf(isProtected: boolean): { lifecycle?: TerraformResourceLifecycle } {
  return isProtected ? { lifecycle: { preventDestroy: true } } : {};
}

/**
 * Destroys resources after the resources that use them are updated. Terraform does the reverse for a resource that is
 * removed from the configuration, unless its state has `create_before_destroy`
 * (https://github.com/hashicorp/terraform/blob/main/docs/destroying.md).
 */
export function createBeforeDestroy(...resources: readonly TerraformResource[]): void {
  for (const resource of resources) resource.lifecycle = { createBeforeDestroy: true };
}
