import type { EnvironmentsInput } from "../../stacks/config/environment-schema.ts";
import { Deployment } from "./deployment.ts";
import { HOW_TO_START } from "./endpoint.ts";
import { startCompatibilityProxy } from "./compatibility-proxy.ts";
import { COMPATIBILITY_FIXES } from "./compatibility-fixes.ts";
import { parametersIn } from "./parameters.ts";
import type { Settings } from "./settings.ts";
import { SetupError } from "./setup-error.ts";
import { Steps } from "./steps.ts";
import { Terraform } from "./terraform.ts";
import { terraformVariables } from "./terraform-variables.ts";
import { WorkingCopy } from "./working-copy.ts";

/** How long the emulator may take to answer at all, and Terraform to list what is left, in milliseconds. */
const LONGEST_ANSWER = 10_000;

export interface RunOptions {
  readonly environments: EnvironmentsInput;
  /** The variables of this process. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly print: (line: string) => void;
  readonly signal: AbortSignal;
  /** How long a command of Terraform may take to end after it was interrupted, in milliseconds. */
  readonly grace?: number;
}

/**
 * Plan, apply, second plan, release of the app and destroy, each printed when it ends.
 * @returns whether every step held
 * @throws SetupError when no emulator answers; the reason of `signal` after an interrupt
 */
export async function runEmulated(settings: Settings, options: RunOptions): Promise<boolean> {
  const { environment, endpoint, program, timeout } = settings;
  const { environments, variables, print, signal, grace } = options;
  await expectEmulator(endpoint, signal);
  await using proxy = await startCompatibilityProxy(endpoint);
  using copy = new WorkingCopy(environment.name);
  const terraform = new Terraform({
    program,
    folder: copy.folder,
    variables: terraformVariables(environment, proxy.url, variables),
    timeout,
    ...(grace !== undefined && { grace }),
  });
  const parameters = parametersIn(endpoint.href, environment);
  const deployment = new Deployment({
    environments,
    environment,
    copy,
    terraform,
    program,
    parameters,
    signal,
  });
  const steps = new Steps(print, signal);
  print(`${environment.name} against ${endpoint.origin}; each step is printed when it ends`);
  try {
    await takeSteps(steps, deployment);
  } finally {
    await tellWhatIsLeft(deployment, environment.name, print);
  }
  const { failed } = steps;
  const hasHeld = failed.length === 0;
  const hint = "take it from the list of mends where every environment says so";
  for (const fix of COMPATIBILITY_FIXES) {
    if (proxy.needed.has(fix)) print(`mended: ${fix.says}`);
    else if (hasHeld) print(`not needed: ${fix.says}; ${hint}`);
  }
  print(`${environment.name}: ${hasHeld ? "every step held" : `failed: ${failed.join(", ")}`}`);
  return hasHeld;
}

/** A step that only judges may fail: the next ones go on. What was begun is destroyed. */
async function takeSteps(steps: Steps, deployment: Deployment): Promise<void> {
  const isPlanned =
    (await steps.take("init", () => deployment.init())) &&
    (await steps.take("plan", () => deployment.plan()));
  if (!isPlanned) return;
  if (await steps.take("apply", () => deployment.apply())) {
    await steps.take("second plan", () => deployment.secondPlan());
    await steps.take("app release", () => deployment.release());
  }
  await steps.take("destroy", () => deployment.destroy());
}

async function expectEmulator(endpoint: URL, signal: AbortSignal): Promise<void> {
  const bound = AbortSignal.any([signal, AbortSignal.timeout(LONGEST_ANSWER)]);
  const failed = await fetch(endpoint, { signal: bound }).then(
    (answer) => answer.body?.cancel(),
    (cause: unknown) =>
      new SetupError(`nothing answers at ${endpoint.origin}; ${HOW_TO_START}`, { cause }),
  );
  signal.throwIfAborted();
  if (failed !== undefined) throw failed;
}

/** Without a signal: what an interrupt has left is told too. */
async function tellWhatIsLeft(
  deployment: Deployment,
  name: string,
  print: (line: string) => void,
): Promise<void> {
  const left = await deployment.resources({ timeout: LONGEST_ANSWER }).catch(() => []);
  if (left.length === 0) return;
  print(
    `${left.length} resources of ${name} are left in the emulator: restart it before the next run`,
  );
}
