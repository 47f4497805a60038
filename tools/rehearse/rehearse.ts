import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { messageOf } from "../../command-line/error-text.ts";
import { UsageError } from "../../command-line/arguments.ts";
import { backupOf } from "../../stacks/config/backups.ts";
import type { Environment } from "../../stacks/config/environment-schema.ts";
import { Deployment } from "./deployment.ts";
import { lacking, REDIS_STEPS } from "./redis-steps.ts";
import { Programs } from "./programs.ts";
import { programVariables, type Settings } from "./settings.ts";
import { Site } from "./site.ts";
import { lineOf, pageOf, type Step } from "./steps.ts";

export interface RehearsalOptions {
  /** The environment variables of this process. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** For the page of results, and for the root module and its state while something exists. */
  readonly folder: string;
  readonly print: (line: string) => void;
  readonly confirm: (question: string) => Promise<boolean>;
  readonly signal: AbortSignal;
  /** Milliseconds of a minute. Tests have shorter ones. @default 60 000 */
  readonly minute?: number;
}

/**
 * Deploys an environment, tries it, and destroys it, also after a failed step or an interrupt. Prints each step when it
 * ends, and writes a page of results.
 * @returns whether every step passed and nothing is left
 * @throws UsageError before anything is created; the reason of `signal` after an interrupt
 */
export async function rehearse(settings: Settings, options: RehearsalOptions): Promise<boolean> {
  const { environment, endpoint, path } = settings;
  const { print, signal, minute = 60_000 } = options;
  const { name, account } = environment;
  const isEmulated = endpoint !== undefined;
  const where = endpoint?.origin ?? `account ${account}`;
  const time = new Date().toISOString().slice(0, 19);
  const folder = join(options.folder, `${name}-${time.replaceAll(":", "-")}`);
  const programs = new Programs(programVariables(settings, options.variables), minute, signal);
  const deployment = new Deployment(settings, folder, programs);
  const site = new Site(environment, deployment, programs);
  await site.expectAccount();
  print(`${name} in ${where}: ${isEmulated ? "some minutes, no cost" : forecast(environment)}`);
  if (!isEmulated && !settings.yes && !(await options.confirm(`Deploy ${name} there?`))) {
    throw new UsageError("not confirmed: nothing was created");
  }

  mkdirSync(folder, { recursive: true });
  const steps: Step[] = [];
  const writePage = (end: string): void => {
    const title = `Rehearsal of ${name} in ${where}, ${time} UTC`;
    writeFileSync(`${folder}.md`, pageOf(title, steps, end));
  };
  const add = (step: Step): void => {
    steps.push(step);
    print(lineOf(step));
    writePage("Not ended: what was made is still there.");
  };
  /** @returns whether the step passed; rejects after an interrupt */
  const run = async (step: string, work: () => Promise<string>): Promise<boolean> => {
    const { user } = site;
    const start = performance.now();
    const [mark, result] = await work().then(
      (said) => ["✓", said] as const,
      (error: unknown) =>
        ["✗", messageOf(programs.signal.aborted ? programs.signal.reason : error)] as const,
    );
    const took = `${Math.round((performance.now() - start) / 1_000)} s`;
    add({ mark, name: step, took, result, users: user?.since(start) });
    programs.signal.throwIfAborted();
    return mark === "✓";
  };

  const init = async (): Promise<string> => {
    const { image } = environment.app;
    // In an account, a release pipeline has written the image.
    if (isEmulated && typeof image !== "string") {
      const value = "--value registry.example/app:1.0.0 --type String --overwrite";
      await programs.aws(`ssm put-parameter --name ${image.ssmParameter} ${value}`);
    }
    return deployment.init();
  };

  /** Continues after a failed step, as long as there is something to try. */
  const tryAll = async (): Promise<void> => {
    const isThere =
      (await run("init", init)) &&
      (await run("plan", () => deployment.plan())) &&
      (await run("apply", () => deployment.apply())) &&
      (isEmulated || (await run("app reached", () => site.reached(path))));
    if (!isThere) return;
    await run("second plan", () => deployment.secondPlan());
    await run("app release", () => deployment.release());
    for (const [step, work] of Object.entries(REDIS_STEPS)) {
      const lack = isEmulated ? "no task runs in an emulator" : lacking(step, environment);
      if (lack === undefined) await run(step, () => work(site));
      else add({ mark: "–", name: step, result: `not here: ${lack}` });
    }
  };

  const { left } = site;
  try {
    await tryAll();
  } finally {
    // An interrupt ends the steps, not the destroy after them.
    programs.signal = new AbortController().signal;
    site.user?.[Symbol.dispose]();
    site.user = undefined;
    if (deployment.isBegun) {
      await site.removeFirst();
      const isDestroyed = await run("destroy", () => deployment.destroy());
      if (!isDestroyed) left.push(`terraform -chdir=${relative(".", folder)} destroy`);
      if (!isEmulated) await site.removeLast().catch((error: unknown) => left.push(String(error)));
    }
    if (left.length === 0) rmSync(folder, { recursive: true });
    for (const each of left) print(`left: ${each}`);
    const list = ["**This is left. Remove it:**", "", ...left.map((each) => `- \`${each}\``)];
    writePage(left.length === 0 ? "Nothing is left." : list.join("\n"));
    print(`results: ${relative(".", folder)}.md`);
  }
  const failed = steps.flatMap((step) => (step.mark === "✗" ? step.name : []));
  print(`${name}: ${failed.length === 0 ? "every step passed" : `failed: ${failed.join(", ")}`}`);
  return failed.length === 0 && left.length === 0;
}

/** From docs/costs.md, with hosts t3.small. None of it was measured. */
const forecast = (environment: Environment): string =>
  `about ${backupOf(environment) === undefined ? "2" : "3.5"} hours and USD 3 to 5, more with hosts larger than t3.small (docs/costs.md)`;
