import { basename } from "node:path";
import type { Environment, EnvironmentsInput } from "../../stacks/config/environment-schema.ts";
import { type Plan, planIn } from "../../stacks/gate/plan.ts";
import { NEW_REVISION } from "../../stacks/gate/expected.ts";
import { isRelease, judge, type Judged } from "../../stacks/gate/verdict.ts";
import { ignoreKnownDiffs, type IgnoredDiff } from "./ignore-known-diffs.ts";
import { KNOWN_DIFFS, type KnownDiff } from "./known-diffs.ts";
import type { Parameters } from "./parameters.ts";
import {
  FIRST_IMAGE,
  imageParameter,
  releasedImage,
  withoutProtection,
  withRelease,
} from "./release.ts";
import { type StepResult, StepError } from "./steps.ts";
import { type RunOptions, type Terraform, TerraformError } from "./terraform.ts";
import type { WorkingCopy } from "./working-copy.ts";

const QUIET = ["-input=false", "-no-color"];
const SAVED = "emulated.plan";

/** The resource types that a release of the app must change. */
const RELEASED = ["aws_ecs_service", "aws_ecs_task_definition"];

/** Matches the address of a data source. */
const DATA = /(?:^|\.)data\./;

export interface DeploymentOptions {
  readonly environments: EnvironmentsInput;
  readonly environment: Environment;
  readonly copy: WorkingCopy;
  readonly terraform: Terraform;
  readonly program: string;
  readonly parameters: Parameters;
  readonly signal: AbortSignal;
}

/** An environment in the emulator. Each method is a step: it returns its result, or rejects if the step fails. */
export class Deployment {
  readonly #options: DeploymentOptions;
  #environments: EnvironmentsInput;
  #planned = 0;
  #isApplied = false;
  /** Differences in the second plan that are not in the list. The release plan has them too; they are ignored there. */
  #unknown: readonly KnownDiff[] = [];

  constructor(options: DeploymentOptions) {
    this.#options = options;
    this.#environments = options.environments;
  }

  async init(): Promise<StepResult> {
    const { copy, program } = this.#options;
    copy.write(this.#environments);
    await this.#run("init", ...QUIET);
    const version = JSON.parse(await this.#run("version", "-json")) as {
      terraform_version: string;
      provider_selections?: Readonly<Record<string, string>>;
    };
    const providers = Object.entries(version.provider_selections ?? {}).map(
      ([source, number]) => `${source.split("/").slice(1).join("/")} ${number}`,
    );
    return {
      summary: [`${basename(program)} ${version.terraform_version}`, ...providers].join(", "),
    };
  }

  async plan(): Promise<StepResult> {
    const { environment, parameters, signal } = this.#options;
    const parameter = imageParameter(environment);
    if (parameter !== undefined) await parameters.put(parameter, FIRST_IMAGE, signal);
    const { resource_changes: changes } = await this.#savedPlan();
    const created = changes.filter(({ change }) => change.actions.includes("create"));
    this.#planned = created.length;
    if (created.length === 0) throw new StepError("the plan creates nothing");
    return { summary: `creates ${created.length} resources` };
  }

  async apply(): Promise<StepResult> {
    await this.#applySaved();
    this.#isApplied = true;
    const { signal } = this.#options;
    const { length } = await this.resources({ signal });
    if (length === this.#planned) return { summary: `${length} resources` };
    throw new StepError(`the plan creates ${this.#planned} resources, but the state has ${length}`);
  }

  async secondPlan(): Promise<StepResult> {
    const planned = await this.#savedPlan();
    const { plan, ignored } = ignoreKnownDiffs(planned, KNOWN_DIFFS);
    const { problems, changes } = judge(
      plan,
      this.#options.environment,
      this.#options.copy.planned,
    );
    this.#unknown = changes.flatMap(unknownDiffs);
    const notes = ignoredLines(ignored);
    if (problems.length === 0 && changes.length === 0) {
      const except = ignored.length === 0 ? "" : " except known differences of the emulator";
      return { summary: `no changes${except}`, details: notes };
    }
    const wrong = [...problems, ...changes.map(lineOf)];
    throw new StepError(`${changes.length} changes that are not known differences`, [
      ...wrong,
      ...notes,
    ]);
  }

  async release(): Promise<StepResult> {
    const { environment, copy, parameters, signal } = this.#options;
    const parameter = imageParameter(environment);
    if (parameter !== undefined) {
      await parameters.put(parameter, releasedImage(FIRST_IMAGE), signal);
    }
    this.#environments = withRelease(this.#environments, environment);
    copy.write(this.#environments);
    const list = [...KNOWN_DIFFS, ...this.#unknown];
    const { plan } = ignoreKnownDiffs(await this.#savedPlan(), list);
    const verdict = judge(plan, environment, copy.planned);
    const types = verdict.changes.map(({ address }) => address.split(".")[0]);
    const isComplete = RELEASED.every((type) => types.includes(type));
    if (!isRelease(verdict) || !isComplete) {
      const wrong = [...verdict.problems, ...verdict.changes.map(judgedLine)];
      throw new StepError("does not change exactly the app's own resources", wrong);
    }
    await this.#applySaved();
    return {
      summary: `changes exactly ${types.length} resources`,
      details: verdict.changes.map(lineOf),
    };
  }

  async destroy(): Promise<StepResult> {
    const { environment, copy, parameters, signal } = this.#options;
    if (environment.protected) {
      if (this.#isApplied) await this.#expectRefusal();
      copy.write(withoutProtection(this.#environments, environment));
      if (this.#isApplied) await this.#run("apply", ...QUIET, "-auto-approve");
    }
    await this.#run("destroy", ...QUIET, "-auto-approve");
    const parameter = imageParameter(environment);
    if (parameter !== undefined) await parameters.delete(parameter, signal);
    const left = await this.resources({ signal });
    if (left.length > 0) throw new StepError(`${left.length} resources remain`, left);
    const before = "refused while protected; after deploying protected: false, ";
    return { summary: `${environment.protected ? before : ""}no resource remains` };
  }

  /** The addresses in the state. */
  async resources(options: RunOptions): Promise<string[]> {
    const listed = await this.#options.terraform.run(["state", "list"], options);
    return listed.split("\n").filter((line) => line !== "" && !DATA.test(line));
  }

  async #expectRefusal(): Promise<void> {
    const refused = await this.#run("plan", ...QUIET, "-destroy").then(
      () => undefined,
      (error: unknown) => error,
    );
    this.#options.signal.throwIfAborted();
    if (refused instanceof TerraformError && refused.message.includes("prevent_destroy")) return;
    if (refused !== undefined) throw refused;
    throw new StepError("the environment is protected, but the destroy plan was not refused");
  }

  async #savedPlan(): Promise<Plan> {
    await this.#run("plan", ...QUIET, `-out=${SAVED}`);
    return planIn(JSON.parse(await this.#run("show", "-json", SAVED)), "the saved plan");
  }

  async #applySaved(): Promise<void> {
    await this.#run("apply", ...QUIET, SAVED);
  }

  #run(...args: readonly string[]): Promise<string> {
    const { terraform, signal } = this.#options;
    return terraform.run(args, { signal });
  }
}

function unknownDiffs({ address, action, differing }: Judged): KnownDiff[] {
  if (action !== "update") return [];
  const [type = ""] = address.split(".");
  const reason = "found in the second plan";
  return differing.map(({ path }) => ({ type, address, argument: path, reason }));
}

/** One line for each argument, because many resources, such as alarms, have the same difference. */
function ignoredLines(ignored: readonly IgnoredDiff[]): string[] {
  return [...new Set(ignored.map(({ entry }) => entry))].map((entry) => {
    const [first = "", ...others] = ignored
      .filter((each) => each.entry === entry)
      .map(({ address }) => address);
    const more = others.length === 0 ? "" : ` and ${others.length} more`;
    return `ignored: ${first}${more}: ${entry.argument} (${entry.reason})`;
  });
}

function lineOf({ address, action, differing }: Judged): string {
  // Every new revision has these.
  const relevant = differing.filter(({ path, isKnown }) => isKnown || !NEW_REVISION.test(path));
  const paths = relevant.map(({ path }) => path);
  const what = ["update", "replace"].includes(action) ? `: ${paths.join(", ")}` : "";
  return `${address}: ${action}${what}`;
}

const judgedLine = (change: Judged): string => [lineOf(change), ...change.reasons].join("; ");
