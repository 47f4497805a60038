import { basename } from "node:path";
import { INSTALL, programOf, type Variables } from "../terraform-program.ts";

/** A program that plans and applies. Each has a registry, so each needs lock files of its own. */
export interface Tool {
  readonly name: string;
  /** Its command. */
  readonly program: string;
  /** Where it looks up a source without a host, such as `hashicorp/aws`. */
  readonly registry: string;
  /** Its committed lock file, from the repository's root. */
  readonly lockFile: string;
  /** The page that says how to install it. */
  readonly install: string;
}

/** The name that both tools give a lock file. */
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
 * The tool whose program these variables name: OpenTofu by `tofu` in the program's name, else Terraform.
 *
 * @param variables `process.env`, of which `TERRAFORM_BINARY_NAME` is read
 * @throws none
 * @example
 * const tool = toolOf({ TERRAFORM_BINARY_NAME: "tofu" });
 * console.log(tool.name); // OpenTofu
 */
export function toolOf(variables: Variables): Tool {
  return basename(programOf(variables)).includes(openTofu.program) ? openTofu : terraform;
}
