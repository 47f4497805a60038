import { existsSync } from "node:fs";
import { join } from "node:path";
import { environments } from "../../../environments.ts";
import type { EnvironmentsInput } from "../../../stacks/config/environment-schema.ts";
import { checkStack } from "./check-stack.ts";

// `npm run checkov`: checks what `npm run synth` has written. Fails unless it has checked something in
// every environment, and found nothing.

const ROOT = join(import.meta.dirname, "../../..");

let isClean = true;
for (const [name, environment] of Object.entries<EnvironmentsInput[string]>(environments)) {
  const file = join(ROOT, "cdktf.out/stacks", name, "cdk.tf.json");
  const config = environment?.protected === true ? ".checkov.yaml" : ".checkov.unprotected.yaml";
  try {
    if (!existsSync(file)) throw new Error(`${file} is missing: run npm run synth first`);
    const { passed, failed } = await checkStack({ file, config: join(ROOT, config) });
    console.log(`${name}: ${passed} passed, ${failed.length} failed`);
    for (const finding of failed) console.log(`  ${finding}`);
    if (failed.length > 0) isClean = false;
  } catch (error) {
    console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    isClean = false;
  }
}
process.exitCode = isClean ? 0 : 1;
