import { LockError } from "../../stacks/providers/lock-error.ts";
import { type Tool, toolOf, tools } from "../../stacks/providers/tool.ts";
import { isProgram, programOf, type Variables } from "../../stacks/terraform-program.ts";
import { renewLock } from "./renew-lock.ts";

export interface RenewOptions {
  /** The repository's folder. */
  readonly root: string;
  /** PATH, and TERRAFORM_BINARY_NAME for a tool outside of it. */
  readonly variables: Variables;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Renews the lock file of each installed tool, for the providers of all environments.
 *
 * @throws LockError `ERR_LOCK_FAILED` if a tool failed or none is installed; `ERR_LOCK_CONFLICT`; and what
 * `synthesize` throws
 */
export async function renewLocks(environments: unknown, options: RenewOptions): Promise<void> {
  const { say, variables } = options;
  const installed = tools.filter((tool) => isProgram(programFor(tool, variables), variables));
  for (const tool of tools.filter((each) => !installed.includes(each))) {
    say(`${tool.name}: not on PATH. ${tool.lockFile} was not written. Install: ${tool.install}`);
  }
  if (installed.length === 0) throw new LockError("ERR_LOCK_FAILED", "no lock file was written");
  // The stacks take seconds to load, so check the tools first.
  const { providersOf } = await import("./providers-of.ts");
  const providers = providersOf(environments);
  const failures: string[] = [];
  for (const tool of installed) {
    const program = programFor(tool, variables);
    try {
      const hasChanged = await renewLock(tool, { ...options, program, providers });
      say(`${tool.lockFile}: ${hasChanged ? "written, commit it" : "has not changed"}`);
    } catch (error) {
      if (!(error instanceof LockError)) throw error;
      failures.push(error.message);
    }
  }
  if (failures.length > 0) throw new LockError("ERR_LOCK_FAILED", failures.join("\n"));
}

function programFor(tool: Tool, variables: Variables): string {
  return toolOf(variables) === tool ? programOf(variables) : tool.program;
}
