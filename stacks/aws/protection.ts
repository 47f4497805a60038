import type { TerraformResourceLifecycle } from "cdktf";

/** Meta-argument for a resource that must not be lost: a plan that destroys or replaces it fails. */
export function keepIf(isProtected: boolean): { lifecycle?: TerraformResourceLifecycle } {
  return isProtected ? { lifecycle: { preventDestroy: true } } : {};
}
