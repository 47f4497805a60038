import { join, relative } from "node:path";
import { environments } from "./environments.ts";
import { ConfigError } from "./stacks/config/config-error.ts";
import { RuleError } from "./stacks/rules/rule-error.ts";
import { synthesize } from "./stacks/synthesize.ts";
import { missingTerraform } from "./stacks/terraform-program.ts";

// `npm run synth [-- ENV]`. The cdktf command runs it too, with its folder in CDKTF_OUTDIR.
const warning = missingTerraform(process.env);
if (warning !== undefined) console.error(warning);
try {
  const written = synthesize(environments, {
    outdir: process.env["CDKTF_OUTDIR"] ?? join(import.meta.dirname, "cdktf.out"),
    only: process.argv.slice(2),
  });
  for (const { path } of written) console.log(relative(process.cwd(), path));
} catch (error) {
  if (!(error instanceof ConfigError || error instanceof RuleError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
