import { createHash } from "node:crypto";
import { copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import type { SynthesizeOptions, SynthesizedEnvironment } from "../../stacks/synthesize.ts";

// In place of `stacks/synthesize.ts` in the tests of the rules, which judge templates: to synthesize
// them costs seconds, and no mutant of a rule changes them. The first run of the tests, on sources
// without mutants, keeps what they need; the mutants' runs read it, and import no CDKTF.

/** Set by the command. */
const FOLDER = process.env["MUTATION_TEMPLATES"] ?? "";
const real =
  process.env["MUTATION_KEEPS"] === "1" ? await import("../../stacks/synthesize.ts") : undefined;

export function synthesize(
  environments: unknown,
  options: SynthesizeOptions = {},
): readonly SynthesizedEnvironment[] {
  const { outdir = "", only = [] } = options;
  const key = createHash("sha256")
    .update(JSON.stringify([environments, only]))
    .digest("hex");
  const kept = join(FOLDER, `${key}.json`);
  if (real !== undefined) {
    const written = real.synthesize(environments, options);
    for (const { path } of written) copyFileSync(path, kept);
    return written;
  }
  if (!existsSync(kept)) throw new Error("the first run did not synthesize this environment");
  const path = join(outdir, "cdk.tf.json");
  copyFileSync(kept, path);
  return only.map((environment) => ({ environment, path }));
}
