import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ensureDefined } from "../../stacks/config/ensure-defined.ts";
import type { Body } from "../../stacks/rules/template.ts";
import { synthesize } from "../../stacks/synthesize.ts";
import { overridesOf, withOverrides } from "./overrides.ts";

/** A temporary folder with the synthesized root module of an environment and the override file. */
export class WorkingCopy implements Disposable {
  readonly #outdir = mkdtempSync(join(tmpdir(), "emulated-"));
  readonly #environment: string;

  constructor(environment: string) {
    this.#environment = environment;
    // After a second Ctrl-C the process ends without disposing of it.
    process.on("exit", this.#remove);
  }

  /** The folder of the root module. */
  get folder(): string {
    return join(this.#outdir, "stacks", this.#environment);
  }

  /** The module that was written last, with the overrides. */
  get planned(): Body {
    return withOverrides(
      JSON.parse(readFileSync(join(this.folder, "cdk.tf.json"), "utf8")) as Body,
    );
  }

  /** Writes the module, or replaces it. @throws ConfigError, RuleError */
  write(environments: object): void {
    const [written] = synthesize(environments, {
      outdir: this.#outdir,
      only: [this.#environment],
    });
    const { path } = ensureDefined(written, `module of ${this.#environment}`);
    const json = JSON.parse(readFileSync(path, "utf8")) as Body;
    const file = join(dirname(path), "emulated_override.tf.json");
    writeFileSync(file, JSON.stringify(overridesOf(json), undefined, 2));
  }

  [Symbol.dispose](): void {
    process.off("exit", this.#remove);
    this.#remove();
  }

  readonly #remove = (): void => {
    rmSync(this.#outdir, { recursive: true, force: true });
  };
}
