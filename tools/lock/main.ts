import { join } from "node:path";
import { command, parse } from "../../command-line/arguments.ts";
import { loadEnvironments } from "../../stacks/load-environments.ts";
import { LockError } from "../../stacks/providers/lock-error.ts";
import { RuleError } from "../../stacks/rules/rule-error.ts";
import { runProgram } from "../../command-line/run-program.ts";
import { renewLocks } from "./renew-locks.ts";

// `npm run lock`: runs Terraform and OpenTofu to write the lock files of the providers.

const [file, ...args] = process.argv.slice(2);
const program = command(
  "npm run lock --",
  "Renews locks/: the versions and hashes of the providers of all environments. Needs Terraform, OpenTofu or both, and their registries.",
);

await runProgram(
  async (signal) => {
    parse(program, args);
    const environments = await loadEnvironments(file);
    await renewLocks(environments, {
      root: join(import.meta.dirname, "../.."),
      variables: process.env,
      say: console.log,
      signal,
    });
    return 0;
  },
  [LockError, RuleError],
);
