import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Environment variables of this process. */
export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Set only by the cdktf command. Without Terraform, that command fails with "execvp(3) failed" and does not name the program.
 * https://github.com/hashicorp/terraform-cdk/blob/v0.21.0/packages/@cdktf/cli-core/src/lib/synth-stack.ts
 */
const BY_CDKTF = "CDKTF_CONTINUE_SYNTH_ON_ERROR_ANNOTATIONS";
const PROGRAM = "TERRAFORM_BINARY_NAME";

/** Installation pages. */
const INSTALL = {
  terraform: "https://developer.hashicorp.com/terraform/install",
  openTofu: "https://opentofu.org/docs/intro/install/",
} as const;

/** Whether the cdktf command runs this program. */
export function isCalledByCdktf(variables: Variables): boolean {
  return variables[BY_CDKTF] !== undefined;
}

/** A warning with what to install, if the cdktf command runs this program and Terraform is missing. */
export function missingTerraform(variables: Variables): string | undefined {
  if (!isCalledByCdktf(variables)) return undefined;
  const problem = problemWithTerraform(variables);
  if (problem === undefined) return undefined;
  const { missing, remedy } = problem;
  return `warning: ${missing}; cdktf diff, deploy and destroy need it. ${remedy}`;
}

/** The missing program and what to install, or undefined if it is installed. */
export function problemWithTerraform(
  variables: Variables,
): { readonly missing: string; readonly remedy: string } | undefined {
  const program = programOf(variables);
  if (isProgram(program, variables)) return undefined;
  return {
    missing:
      program === "terraform" ? "terraform is not on PATH" : `${PROGRAM}: ${program} not found`,
    remedy: isProgram("tofu", variables)
      ? `OpenTofu is installed: set ${PROGRAM}=tofu.`
      : `Install Terraform 1.11 or later (${INSTALL.terraform}), or OpenTofu 1.11 or later (${INSTALL.openTofu}) and set ${PROGRAM}=tofu.`,
  };
}

/** The program that runs Terraform: a name on PATH, or a path. */
export function programOf(variables: Variables): string {
  return variables[PROGRAM] ?? "terraform";
}

/** Whether a program exists, given its path or its name on PATH. */
function isProgram(name: string, { PATH = "" }: Variables): boolean {
  const paths = name.includes("/") ? [name] : PATH.split(delimiter).map((each) => join(each, name));
  return paths.some(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
