import { rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { EnvironmentsInput } from "../../stacks/config/environment-schema.ts";
import { namesOf } from "../../stacks/config/names.ts";
import { Aws } from "./aws.ts";
import { Deployment } from "./deployment.ts";
import { forecast } from "./price.ts";
import { Prober } from "./prober.ts";
import { lacking, REDIS_STEPS } from "./redis-steps.ts";
import { HOW_TO_START, programVariables, type Settings, SetupError } from "./settings.ts";
import { Site } from "./site.ts";
import { type StepResult, Steps, pageOf } from "./steps.ts";

/** Milliseconds until the emulator answers. */
const TIMEOUT = 10_000;

/** Minutes until users notice nothing any more. */
const CALM = 15;

export interface RehearsalOptions {
  readonly environments: EnvironmentsInput;
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
 * @throws SetupError before anything is created; the reason of `signal` after an interrupt
 */
export async function rehearse(settings: Settings, options: RehearsalOptions): Promise<boolean> {
  const { environment, endpoint, program } = settings;
  const { print, folder, minute = 60_000 } = options;
  const { name, account } = environment;
  // An interrupt ends the steps, not the destroy after them.
  let current = options.signal;
  const signal = (): AbortSignal => current;
  const running = { variables: programVariables(settings, options.variables), minute, signal };
  const time = new Date().toISOString().slice(0, 19);
  const outdir = join(folder, `${name}-${time.replaceAll(":", "-")}`);
  const isEmulated = endpoint !== undefined;
  const made = { environment, isEmulated, outdir, program, running };
  const deployment = new Deployment({ environments: options.environments, ...made });
  let prober: Prober | undefined;
  const calm = async (): Promise<void> => prober?.calm(CALM * minute, current);
  const names = namesOf(environment);
  const aws = new Aws(running);
  const site = new Site({ environment, names, aws, deployment, calm });
  const where = isEmulated ? endpoint.origin : `account ${account}`;
  try {
    await (isEmulated ? expectEmulator(endpoint, current) : site.expectAccount());
    const cost = isEmulated ? "some minutes, no cost" : forecast(environment, deployment.module);
    print(`${name} in ${where}: ${cost}`);
    const isMeant = isEmulated || settings.yes || (await options.confirm(`Deploy ${name} there?`));
    if (!isMeant) throw new SetupError("not confirmed: nothing was created");
  } catch (error) {
    rmSync(outdir, { recursive: true });
    throw error;
  }

  const left: string[] = [];
  const title = `Rehearsal of ${name} in ${where}, ${time} UTC`;
  let about = "No user asked the app.";
  const writePage = (): void => {
    writeFileSync(`${outdir}.md`, pageOf(title, about, steps.ended, left));
  };
  const steps: Steps = new Steps(({ mark, name: step, summary, details = [], users }) => {
    const more = users === undefined ? details : [...details, `users: ${users}`];
    print([`${mark} ${step.padEnd(16)} ${summary}`, ...more].join("\n    "));
    writePage();
  });
  const run = (step: string, work: () => Promise<StepResult>): Promise<boolean> =>
    steps.run(step, work, current);

  const init = async (): Promise<StepResult> => {
    const { image } = environment.app;
    // In an account, a release pipeline has written the image.
    if (isEmulated && typeof image !== "string") {
      const value = "--value registry.example/app:1.0.0 --type String --overwrite";
      await aws.call(`ssm put-parameter --name ${image.ssmParameter} ${value}`);
    }
    return deployment.init();
  };

  /** Begins to ask the app. */
  const reached = async (): Promise<StepResult> => {
    const url = new URL(settings.path, await deployment.output("app_url"));
    const host = await deployment.output("load_balancer_dns_name");
    const asking = new Prober(url, host, minute / 240);
    prober = asking;
    steps.users = (start) => asking.since(start);
    about = `A user asked ${url.href} every 250 ms.`;
    await calm();
    return { summary: url.href };
  };

  /** Continues after a failed step, as long as there is something to try. */
  const tryAll = async (): Promise<void> => {
    const isApplied =
      (await run("init", init)) &&
      (await run("plan", () => deployment.plan())) &&
      (await run("apply", () => deployment.apply()));
    const isAsked = !isEmulated && environment.app.loadBalancer !== false;
    if (!isApplied || (isAsked && !(await run("app reached", reached)))) return;
    await run("second plan", () => deployment.secondPlan());
    await run("app release", () => deployment.release());
    for (const step of REDIS_STEPS) {
      const lack = isEmulated ? "no task runs in an emulator" : lacking(step, environment);
      if (lack === undefined) await run(step.name, async () => ({ summary: await step.run(site) }));
      else steps.add({ mark: "–", name: step.name, summary: `not here: ${lack}` });
    }
  };

  try {
    await tryAll();
  } finally {
    current = new AbortController().signal;
    prober?.[Symbol.dispose]();
    steps.users = undefined;
    if (deployment.applied !== "no") left.push(...(await remains(steps, site, isEmulated)));
    if (left.length === 0) rmSync(outdir, { recursive: true });
    writePage();
    for (const each of left) print(`left: ${each}`);
    print(`results: ${relative(".", `${outdir}.md`)}`);
  }
  const failed = steps.ended.flatMap((step) => (step.mark === "✗" ? step.name : []));
  print(`${name}: ${failed.length === 0 ? "every step passed" : `failed: ${failed.join(", ")}`}`);
  return failed.length === 0 && left.length === 0;
}

/** Destroys all. @returns the commands that remove what is left */
async function remains(steps: Steps, site: Site, isEmulated: boolean): Promise<string[]> {
  const { deployment } = site.props;
  const left = await site.remove("beforeDestroy");
  if (!(await steps.run("destroy", () => deployment.destroy()))) {
    left.push(`terraform -chdir=${relative(".", deployment.folder)} destroy`);
  }
  if (!isEmulated) await site.findRest().catch((error: unknown) => left.push(String(error)));
  return [...left, ...(await site.remove("afterDestroy"))];
}

async function expectEmulator(endpoint: URL, signal: AbortSignal): Promise<void> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT)]);
  await fetch(endpoint, { signal: limit }).catch((cause: unknown) => {
    signal.throwIfAborted();
    throw new SetupError(`no response from ${endpoint.origin}; ${HOW_TO_START}`, { cause });
  });
}
