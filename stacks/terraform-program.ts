import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/** The variables of this process. */
export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Only the cdktf command sets it. It says of Terraform that is missing "execvp(3) failed", and not what.
 * https://github.com/hashicorp/terraform-cdk/blob/v0.21.0/packages/@cdktf/cli-core/src/lib/synth-stack.ts
 */
const BY_CDKTF = "CDKTF_CONTINUE_SYNTH_ON_ERROR_ANNOTATIONS";
const PROGRAM = "TERRAFORM_BINARY_NAME";

/** The pages that say how to install each. */
export const INSTALL = {
  terraform: "https://developer.hashicorp.com/terraform/install",
  openTofu: "https://opentofu.org/docs/intro/install/",
} as const;

/** Whether the cdktf command has called this program. */
export function isCalledByCdktf(variables: Variables): boolean {
  return variables[BY_CDKTF] !== undefined;
}

/** What to install where the cdktf command has called this program and will not find Terraform; else undefined. */
export function missingTerraform(variables: Variables): string | undefined {
  if (!isCalledByCdktf(variables)) return undefined;
  const problem = problemWithTerraform(variables);
  if (problem === undefined) return undefined;
  const { missing, remedy } = problem;
  return `warning: ${missing}; cdktf diff, deploy and destroy need it. ${remedy}`;
}

/** Which program is not there, and what to install; undefined where it is there. */
export function problemWithTerraform(
  variables: Variables,
): { readonly missing: string; readonly remedy: string } | undefined {
  const program = programOf(variables);
  if (isProgram(program, variables)) return undefined;
  return {
    missing:
      program === "terraform" ? "terraform is not on PATH" : `${PROGRAM}: there is no ${program}`,
    remedy: isProgram("tofu", variables)
      ? `OpenTofu is there: set ${PROGRAM}=tofu.`
      : `Install Terraform 1.11 or later (${INSTALL.terraform}), or OpenTofu 1.11 or later (${INSTALL.openTofu}) and set ${PROGRAM}=tofu.`,
  };
}

/** The program that runs Terraform, by its name on PATH or its path. */
export function programOf(variables: Variables): string {
  return variables[PROGRAM] ?? "terraform";
}

/** Whether there is such a program, by its path or on PATH. */
export function isProgram(name: string, { PATH = "" }: Variables): boolean {
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
