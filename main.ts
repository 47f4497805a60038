import { join, relative } from "node:path";
import { command, parse } from "./command-line/arguments.ts";
import { chooseEnvironments } from "./stacks/config/choose-environments.ts";
import { latestImages } from "./stacks/config/contradictions/image-contradictions.ts";
import { loadEnvironments } from "./stacks/load-environments.ts";
import { RuleError } from "./stacks/rules/rule-error.ts";
import { runProgram } from "./command-line/run-program.ts";
import { isCalledByCdktf, missingTerraform } from "./stacks/terraform-program.ts";

// `npm run synth [-- ENV]`. The cdktf command also runs it, with its output folder in CDKTF_OUTDIR.

const program = command(
  "npm run synth --",
  "Writes cdktf.out/stacks/ENV/cdk.tf.json, a Terraform root module, for each environment.",
).argument("[env...]", "environments to synthesize (default: all)");

await runProgram(async () => {
  parse(program, process.argv.slice(2));
  const warning = missingTerraform(process.env);
  if (warning !== undefined) console.error(warning);
  const environments = await loadEnvironments(join(import.meta.dirname, "environments.ts"));
  // The stacks take seconds to load, so check the arguments and environments.ts first.
  const chosen = chooseEnvironments(environments, program.args);
  const { synthesize } = await import("./stacks/synthesize.ts");
  const written = synthesize(environments, {
    outdir: process.env["CDKTF_OUTDIR"] ?? join(import.meta.dirname, "cdktf.out"),
    only: program.args,
  });
  console.log(written.map(({ path }) => relative(process.cwd(), path)).join("\n"));
  // The cdktf command shows stderr as errors.
  const say = isCalledByCdktf(process.env) ? console.log : console.error;
  for (const environment of chosen) {
    for (const image of latestImages(environment)) {
      say(`note: ${environment.name} runs ${image}: no plan shows a new release under this tag`);
    }
  }
  return 0;
}, [RuleError]);
