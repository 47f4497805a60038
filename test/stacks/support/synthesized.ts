import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { synthesize } from "../../../stacks/synthesize.ts";
import type { Template } from "./template.ts";

/** Synthesizes to a temporary folder, which is deleted on disposal. */
export class Synthesizer implements Disposable {
  readonly #outdir = mkdtempSync(join(tmpdir(), "properties-"));

  /** The templates of environments. @throws RuleError for a broken rule */
  templatesOf(byName: Record<string, unknown>): Record<string, Template> {
    const written = synthesize(byName, { outdir: this.#outdir });
    return Object.fromEntries(
      written.map(({ environment, path }) => {
        const text = readFileSync(path, "utf8");
        return [environment, { text, json: JSON.parse(text) as Template["json"] }];
      }),
    );
  }

  [Symbol.dispose](): void {
    rmSync(this.#outdir, { recursive: true, force: true });
  }
}
