import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureDefined } from "../../stacks/config/ensure-defined.ts";
import type {
  Environment,
  EnvironmentInput,
  EnvironmentsInput,
} from "../../stacks/config/environment-schema.ts";
import { NEW_REVISION } from "../../stacks/gate/expected.ts";
import { type Plan, planIn } from "../../stacks/gate/plan.ts";
import { isRelease, judge, type Judged } from "../../stacks/gate/verdict.ts";
import { asBody, type Body } from "../../stacks/rules/template.ts";
import { synthesize } from "../../stacks/synthesize.ts";
import { forEmulator, withoutAlarms } from "./emulator.ts";
import { run, type Running } from "./program.ts";
import { type StepResult, StepError } from "./steps.ts";

const STATE = "rehearsal.tfstate";
const PLAN = "rehearsal.plan";
const QUIET = ["-input=false", "-no-color"];

/** The resource types that a release of the app must change. */
const RELEASED = ["aws_ecs_service", "aws_ecs_task_definition"];

export interface DeploymentOptions {
  readonly environments: EnvironmentsInput;
  readonly environment: Environment;
  readonly isEmulated: boolean;
  /** For the root module and its state. */
  readonly folder: string;
  /** Terraform or OpenTofu. */
  readonly program: string;
  readonly running: Running;
}

/** An environment that Terraform deploys. A step returns its result, or rejects if it fails. */
export class Deployment {
  readonly #options: DeploymentOptions;
  #environments: EnvironmentsInput;
  #module: Body = {};
  #planned = 0;
  /** How far the first apply is. */
  applied: "no" | "begun" | "yes" = "no";

  constructor(options: DeploymentOptions) {
    this.#options = options;
    this.#environments = options.environments;
    this.#write((own) => own);
  }

  /** The folder of the root module. */
  get folder(): string {
    return join(this.#options.folder, "stacks", this.#options.environment.name);
  }

  get module(): Body {
    return this.#module;
  }

  async init(): Promise<StepResult> {
    await this.#terraform("init", ...QUIET);
    const lines = (await this.#terraform("version")).trim().split("\n");
    return { summary: lines.join(", ") };
  }

  async plan(): Promise<StepResult> {
    const { resource_changes: changes } = await this.#plan();
    this.#planned = changes.filter(({ change }) => change.actions.includes("create")).length;
    if (this.#planned === 0) throw new StepError("the plan creates nothing");
    return { summary: `creates ${this.#planned} resources` };
  }

  async apply(): Promise<StepResult> {
    this.applied = "begun";
    await this.#terraform("apply", ...QUIET, PLAN);
    this.applied = "yes";
    const { length } = await this.resources();
    if (length === this.#planned) return { summary: `${length} resources` };
    throw new StepError(`the plan creates ${this.#planned} resources, but the state has ${length}`);
  }

  async secondPlan(): Promise<StepResult> {
    const { problems, changes } = judge(
      await this.#plan(),
      this.#options.environment,
      this.#module,
    );
    if (problems.length === 0 && changes.length === 0) return { summary: "no changes" };
    const lines = [...problems, ...changes.map(lineOf)];
    throw new StepError(`${changes.length} resources would change again`, lines);
  }

  /** Releases the app with another variable: there may be no second image. */
  async release(): Promise<StepResult> {
    this.#write(({ app, ...own }) => {
      const environment = { ...app.environment, REHEARSAL: "release" };
      return { ...own, app: { ...app, environment } };
    });
    const verdict = judge(await this.#plan(), this.#options.environment, this.#module);
    const { problems, changes } = verdict;
    const types = changes.map(({ address }) => address.split(".")[0]);
    if (!isRelease(verdict) || !RELEASED.every((type) => types.includes(type))) {
      const lines = changes.map((each) => [lineOf(each), ...each.reasons].join("; "));
      throw new StepError("does not change exactly the app's own resources", [
        ...problems,
        ...lines,
      ]);
    }
    await this.#terraform("apply", ...QUIET, PLAN);
    return { summary: `changes exactly ${types.length} resources`, details: changes.map(lineOf) };
  }

  /** Deploys the environment with other fields, as a person does who edits `environments.ts`. */
  async deploy(change: (own: EnvironmentInput) => EnvironmentInput): Promise<void> {
    this.#write(change);
    await this.#terraform("apply", ...QUIET, "-auto-approve");
  }

  async destroy(): Promise<StepResult> {
    // After a failed apply there may be nothing that is protected.
    const isProtected = this.#options.environment.protected && this.applied === "yes";
    if (isProtected) {
      const refusal = await this.#terraform("plan", "-destroy", ...QUIET).catch((error: unknown) =>
        error instanceof StepError ? error.details.join(" ") : String(error),
      );
      if (!refusal.includes("prevent_destroy")) {
        throw new StepError("the environment is protected, but the destroy plan was not refused");
      }
    }
    this.#write((own) => ({ ...own, protected: false }));
    if (isProtected) await this.#terraform("apply", ...QUIET, "-auto-approve");
    // AWS may hold something for some minutes, such as the network interface of a load balancer.
    const destroy = (): Promise<string> => this.#terraform("destroy", ...QUIET, "-auto-approve");
    await destroy().catch(destroy);
    const left = await this.resources();
    if (left.length > 0) throw new StepError(`${left.length} resources remain`, left);
    const before = "refused while protected; after deploying protected: false, ";
    return { summary: `${isProtected ? before : ""}no resource remains` };
  }

  /** The addresses in the state. */
  async resources(): Promise<string[]> {
    if (!existsSync(join(this.folder, STATE))) return [];
    const lines = (await this.#terraform("state", "list")).split("\n");
    return lines.filter((line) => line !== "" && !/(?:^|\.)data\./.test(line));
  }

  output(name: string): Promise<string> {
    return this.#terraform("output", "-raw", name);
  }

  #terraform(...args: readonly string[]): Promise<string> {
    return run(this.#options.running, this.folder, this.#options.program, args);
  }

  async #plan(): Promise<Plan> {
    await this.#terraform("plan", ...QUIET, `-out=${PLAN}`);
    const shown: unknown = JSON.parse(await this.#terraform("show", "-json", PLAN));
    const plan = planIn(shown, "the saved plan");
    return this.#options.isEmulated ? withoutAlarms(plan) : plan;
  }

  /** Writes the root module, with a state of its own: the environment's is not touched. */
  #write(change: (own: EnvironmentInput) => EnvironmentInput): void {
    const { environment, folder, isEmulated } = this.#options;
    const { name } = environment;
    const own = ensureDefined(this.#environments[name], `environment ${name}`);
    this.#environments = { ...this.#environments, [name]: change(own) };
    synthesize(this.#environments, { outdir: folder, only: [name] });
    const file = join(this.folder, "cdk.tf.json");
    const module = JSON.parse(readFileSync(file, "utf8")) as Body;
    const terraform = { ...asBody(module["terraform"]), backend: { local: { path: STATE } } };
    this.#module = { ...(isEmulated ? forEmulator(module) : module), terraform };
    writeFileSync(file, JSON.stringify(this.#module, undefined, 2));
  }
}

function lineOf({ address, action, differing }: Judged): string {
  // Every new revision has these.
  const relevant = differing.filter(({ path, isKnown }) => isKnown || !NEW_REVISION.test(path));
  const paths = relevant.map(({ path }) => path).join(", ");
  return `${address}: ${action}${["update", "replace"].includes(action) ? `: ${paths}` : ""}`;
}
