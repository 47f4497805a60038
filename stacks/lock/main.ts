import { join } from "node:path";
import { Command } from "commander";
import { ConfigError } from "../config/config-error.ts";
import { loadEnvironments } from "../load-environments.ts";
import { LockError } from "../providers/lock-error.ts";
import { RuleError } from "../rules/rule-error.ts";
import { renewLocks } from "./renew-locks.ts";

// `npm run lock`: lets Terraform and OpenTofu write the lock files of the providers.

const [file, ...args] = process.argv.slice(2);
const program = new Command("npm run lock")
  .description(
    "Renews locks/: the versions and hashes of the providers of all environments. Needs Terraform, OpenTofu or both, and their registries.",
  )
  .allowExcessArguments(false)
  .action(async () => {
    await renewLocks(await loadEnvironments(file), {
      root: join(import.meta.dirname, "../.."),
      variables: process.env,
      say: console.log,
    });
  });

try {
  await program.parseAsync(args, { from: "user" });
} catch (error) {
  const isExpected = [ConfigError, LockError, RuleError].some((each) => error instanceof each);
  if (!isExpected) throw error;
  console.error(`error: ${(error as Error).message}`);
  process.exitCode = 1;
}
