import { execFile } from "node:child_process";
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { installOnDemand } from "../../support/on-demand.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const run = promisify(execFile);

/** A program that writes a number of environments into a folder. */
export interface Contestant {
  readonly name: string;
  readonly command: (count: number, outdir: string) => readonly string[];
  /** How the name of a template ends: one is written for each environment. */
  readonly template: string;
  readonly env?: Readonly<Record<string, string>>;
}

const versions = { "aws-cdk-lib": "2.276.0", constructs: "10.8.1" };

/**
 * Installs the AWS CDK outside the project's own dependencies, once: it has 180 MB, and nothing but
 * this comparison needs it.
 *
 * @returns the stacks first, then the CDK as it comes, and without the check of its templates
 */
export async function contestants(signal: AbortSignal): Promise<readonly Contestant[]> {
  const folder = await installOnDemand({ name: "synth-bench", packages: versions, signal });
  const app = join(folder, "cdk-app.cjs");
  copyFileSync(join(import.meta.dirname, "cdk-app.cjs"), app);
  const cdk = {
    command: (count: number, outdir: string) => [app, String(count), outdir],
    template: ".template.json",
  };
  return [
    {
      name: "the stacks",
      command: (count, outdir) => {
        const file = join(import.meta.dirname, "stacks-app.ts");
        return ["--import", "tsx", file, String(count), outdir];
      },
      template: "cdk.tf.json",
    },
    { name: "AWS CDK", ...cdk },
    { name: "AWS CDK, its validation off", ...cdk, env: { CDK_VALIDATION: "false" } },
  ];
}

/**
 * The seconds that a whole process takes, from its start to its end.
 *
 * @throws an error when it has not written every template: a bench that measured nothing has failed
 */
export async function secondsOf(
  { name, command, template, env = {} }: Contestant,
  count: number,
  signal: AbortSignal,
): Promise<number> {
  const outdir = mkdtempSync(join(tmpdir(), "synth-bench-"));
  try {
    const start = performance.now();
    await run(process.execPath, [...command(count, outdir)], {
      cwd: root,
      env: { ...process.env, ...env },
      timeout: 300_000,
      maxBuffer: 2 ** 26,
      signal,
    });
    const seconds = (performance.now() - start) / 1000;
    const files = readdirSync(outdir, { recursive: true, encoding: "utf8" });
    const written = files.filter((file) => file.endsWith(template)).length;
    if (written === count) return seconds;
    throw new Error(`${name} wrote ${written} templates of ${count} environments`);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
