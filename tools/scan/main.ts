import { existsSync } from "node:fs";
import { join } from "node:path";
import { environments } from "../../environments.ts";
import { command, orExit, parse } from "../../command-line/options.ts";
import { run } from "../../command-line/run-and-exit.ts";
import { messageOf } from "../../command-line/error-text.ts";
import type { EnvironmentsInput } from "../../stacks/config/environment-schema.ts";
import { checkov } from "./checkov.ts";
import { type Scanner, scan } from "./scanner.ts";
import { trivy } from "./trivy.ts";

// `npm run checkov --prefix tools`, `npm run trivy --prefix tools`: scan the synthesized JSON. They fail if they find
// something, or if they checked nothing in an environment.

const ROOT = join(import.meta.dirname, "../..");

/** The npm script gives the name. */
const [wanted, ...args] = process.argv.slice(2);
const scanner = [checkov, trivy].find((each) => each.name === wanted);
if (scanner === undefined) throw new Error(`unknown scanner ${wanted}; allowed: checkov, trivy`);
const about = `Scans the JSON of npm run synth with ${wanted}, which must be installed.`;
orExit(() => parse(command(`npm run ${wanted} --prefix tools --`, about), args));

/** @returns the exit code */
async function scanWith(chosen: Scanner, signal: AbortSignal): Promise<number> {
  const { isProtected, other } = chosen.accepted;
  let isClean = true;
  for (const [name, environment] of Object.entries<EnvironmentsInput[string]>(environments)) {
    signal.throwIfAborted();
    const file = join(ROOT, "cdktf.out/stacks", name, "cdk.tf.json");
    const accepted = join(ROOT, environment?.protected === true ? isProtected : other);
    try {
      if (!existsSync(file)) throw new Error(`${file} is missing: run npm run synth first`);
      const { passed, failed } = await scan(chosen, { file, accepted, signal });
      console.log(`${name}: ${passed} passed, ${failed.length} failed`);
      for (const finding of failed) console.log(`  ${finding}`);
      if (failed.length > 0) isClean = false;
    } catch (error) {
      signal.throwIfAborted();
      console.error(`${name}: ${messageOf(error)}`);
      isClean = false;
    }
  }
  return isClean ? 0 : 1;
}

run((signal) => scanWith(scanner, signal));
