import { existsSync } from "node:fs";
import { join } from "node:path";
import { environments } from "../../../environments.ts";
import type { EnvironmentsInput } from "../../../stacks/config/environment-schema.ts";
import { checkov } from "./checkov.ts";
import { scan } from "./scanner.ts";
import { trivy } from "./trivy.ts";

// `npm run checkov`, `npm run trivy`: scan what `npm run synth` has written. They fail unless they have
// checked something in every environment, and found nothing.

const ROOT = join(import.meta.dirname, "../../..");

const scanner = [checkov, trivy].find(({ name }) => name === process.argv[2]);
if (scanner === undefined) throw new Error("name the scanner: checkov or trivy");
const { isProtected, other } = scanner.accepted;

let isClean = true;
for (const [name, environment] of Object.entries<EnvironmentsInput[string]>(environments)) {
  const file = join(ROOT, "cdktf.out/stacks", name, "cdk.tf.json");
  const accepted = join(ROOT, environment?.protected === true ? isProtected : other);
  try {
    if (!existsSync(file)) throw new Error(`${file} is missing: run npm run synth first`);
    const { passed, failed } = await scan(scanner, { file, accepted });
    console.log(`${name}: ${passed} passed, ${failed.length} failed`);
    for (const finding of failed) console.log(`  ${finding}`);
    if (failed.length > 0) isClean = false;
  } catch (error) {
    console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    isClean = false;
  }
}
process.exitCode = isClean ? 0 : 1;
