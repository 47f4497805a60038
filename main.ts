import { join, relative } from "node:path";
import { ConfigError } from "./stacks/config/config-error.ts";
import { exitCodeOf } from "./stacks/exit-code.ts";
import { loadEnvironments } from "./stacks/load-environments.ts";
import { LockError } from "./stacks/providers/lock-error.ts";
import { committedLock } from "./stacks/providers/lock-file.ts";
import { toolOf } from "./stacks/providers/tool.ts";
import { RuleError } from "./stacks/rules/rule-error.ts";
import { synthesize } from "./stacks/synthesize.ts";
import { isCalledByCdktf, missingTerraform } from "./stacks/terraform-program.ts";

// `npm run synth [-- ENV]`. The cdktf command runs it too, with its folder in CDKTF_OUTDIR.
const warning = missingTerraform(process.env);
if (warning !== undefined) console.error(warning);
const tool = toolOf(process.env);
try {
  const lock = await committedLock(tool, import.meta.dirname);
  const environments = await loadEnvironments(join(import.meta.dirname, "environments.ts"));
  const written = synthesize(environments, {
    outdir: process.env["CDKTF_OUTDIR"] ?? join(import.meta.dirname, "cdktf.out"),
    only: process.argv.slice(2),
    lock,
  });
  // At once: a reader who stops after the first line, as head does, is no error.
  console.log(written.map(({ path }) => relative(process.cwd(), path)).join("\n"));
  if (lock === undefined) {
    // The cdktf command shows as an error what is on stderr.
    const say = isCalledByCdktf(process.env) ? console.log : console.error;
    say(
      `note: there is no ${tool.lockFile}, so nothing checks the providers that ${tool.name} downloads. npm run lock writes it (docs/providers.md)`,
    );
  }
} catch (error) {
  const isExpected = [ConfigError, LockError, RuleError].some((each) => error instanceof each);
  if (!isExpected) throw error;
  console.error((error as Error).message);
  process.exitCode = exitCodeOf(error);
}
