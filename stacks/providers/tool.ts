import { basename } from "node:path";
import { INSTALL, programOf, type Variables } from "../terraform-program.ts";

/** Terraform or OpenTofu. They have different registries, so they need different lock files. */
export interface Tool {
  readonly name: string;
  /** Name of the command. */
  readonly program: string;
  /** Registry for a source without a host, such as `hashicorp/aws`. */
  readonly registry: string;
  /** The committed lock file, relative to the repository's root. */
  readonly lockFile: string;
  /** Installation page. */
  readonly install: string;
}

/** Name of the lock file of both tools. */
export const LOCK_FILE = ".terraform.lock.hcl";

const terraform: Tool = {
  name: "Terraform",
  program: "terraform",
  registry: "registry.terraform.io",
  lockFile: `locks/terraform/${LOCK_FILE}`,
  install: INSTALL.terraform,
};

const openTofu: Tool = {
  name: "OpenTofu",
  program: "tofu",
  registry: "registry.opentofu.org",
  lockFile: `locks/opentofu/${LOCK_FILE}`,
  install: INSTALL.openTofu,
};

export const tools: readonly Tool[] = [terraform, openTofu];

/**
 * Returns OpenTofu if the name of the configured program contains `tofu`, else Terraform.
 *
 * @param variables environment variables; `TERRAFORM_BINARY_NAME` is the program
 * @throws none
 * @example
 * const tool = toolOf({ TERRAFORM_BINARY_NAME: "tofu" });
 * console.log(tool.name); // OpenTofu
 */
export function toolOf(variables: Variables): Tool {
  return basename(programOf(variables)).includes(openTofu.program) ? openTofu : terraform;
}
