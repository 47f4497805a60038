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

/** Timeout for the first response of the emulator and for the list of remaining resources, in milliseconds. */
const TIMEOUT = 10_000;

export interface RunOptions {
  readonly environments: EnvironmentsInput;
  /** The environment variables of this process. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly print: (line: string) => void;
  readonly signal: AbortSignal;
  /** Milliseconds between interrupting Terraform and killing it. */
  readonly grace?: number;
}

/**
 * Runs plan, apply, second plan, release of the app and destroy, and prints each step when it ends.
 * @returns whether every step passed
 * @throws SetupError if no emulator responds; the reason of `signal` after an interrupt
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
    await runSteps(steps, deployment);
  } finally {
    await reportRemaining(deployment, environment.name, print);
  }
  const { failed } = steps;
  const hasPassed = failed.length === 0;
  const hint = "if every environment prints this, remove it from compatibility-fixes.ts";
  for (const fix of COMPATIBILITY_FIXES) {
    if (proxy.needed.has(fix)) print(`fixed: ${fix.description}`);
    else if (hasPassed) print(`not needed: ${fix.description}; ${hint}`);
  }
  print(`${environment.name}: ${hasPassed ? "every step passed" : `failed: ${failed.join(", ")}`}`);
  return hasPassed;
}

/** Continues after a failed second plan or release. After a plan, it always destroys. */
async function runSteps(steps: Steps, deployment: Deployment): Promise<void> {
  const isPlanned =
    (await steps.run("init", () => deployment.init())) &&
    (await steps.run("plan", () => deployment.plan()));
  if (!isPlanned) return;
  if (await steps.run("apply", () => deployment.apply())) {
    await steps.run("second plan", () => deployment.secondPlan());
    await steps.run("app release", () => deployment.release());
  }
  await steps.run("destroy", () => deployment.destroy());
}

async function expectEmulator(endpoint: URL, signal: AbortSignal): Promise<void> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT)]);
  const failed = await fetch(endpoint, { signal: limit }).then(
    (response) => response.body?.cancel(),
    (cause: unknown) =>
      new SetupError(`no response from ${endpoint.origin}; ${HOW_TO_START}`, { cause }),
  );
  signal.throwIfAborted();
  if (failed !== undefined) throw failed;
}

/** Reports remaining resources, also after an interrupt. */
async function reportRemaining(
  deployment: Deployment,
  name: string,
  print: (line: string) => void,
): Promise<void> {
  const left = await deployment.resources({ timeout: TIMEOUT }).catch(() => []);
  if (left.length === 0) return;
  print(
    `${left.length} resources of ${name} remain in the emulator: restart it before the next run`,
  );
}
