import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureDefined } from "../../stacks/config/ensure-defined.ts";
import type * as schema from "../../stacks/config/environment-schema.ts";
import { type Plan, planIn } from "../../stacks/gate/plan.ts";
import { report } from "../../stacks/gate/report.ts";
import { isRelease, judge, type Verdict } from "../../stacks/gate/verdict.ts";
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

type Change = (own: schema.EnvironmentInput) => schema.EnvironmentInput;

export interface DeploymentProps {
  readonly environments: schema.EnvironmentsInput;
  readonly environment: schema.Environment;
  readonly isEmulated: boolean;
  /** For the root module and its state. */
  readonly outdir: string;
  /** Terraform or OpenTofu. */
  readonly program: string;
  readonly running: Running;
}

/** An environment that Terraform deploys. A step returns its result, or rejects if it fails. */
export class Deployment {
  readonly #props: DeploymentProps;
  /** The folder of the root module. */
  readonly folder: string;
  module: Body = {};
  /** How far the first apply is. */
  applied: "no" | "begun" | "yes" = "no";
  #environments: schema.EnvironmentsInput;
  #planned = 0;

  constructor(props: DeploymentProps) {
    this.#props = props;
    this.folder = join(props.outdir, "stacks", props.environment.name);
    this.#environments = props.environments;
    this.#write((own) => own);
  }

  async init(): Promise<StepResult> {
    await this.#terraform("init", ...QUIET);
    return { summary: (await this.#terraform("version")).trim().split("\n").join(", ") };
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
    const { length } = await this.#resources();
    if (length === this.#planned) return { summary: `${length} resources` };
    throw new StepError(`the plan creates ${this.#planned} resources, but the state has ${length}`);
  }

  async secondPlan(): Promise<StepResult> {
    const { verdict, lines } = await this.#judged();
    if (verdict.problems.length + verdict.changes.length === 0) return { summary: "no changes" };
    throw new StepError(`${verdict.changes.length} resources would change again`, lines);
  }

  /** Releases the app with another variable: there may be no second image. */
  async release(): Promise<StepResult> {
    this.#write(({ app, ...own }) => {
      const environment = { ...app.environment, REHEARSAL: "release" };
      return { ...own, app: { ...app, environment } };
    });
    const { verdict, lines } = await this.#judged();
    const types = verdict.changes.map(({ address }) => address.split(".")[0]);
    if (!isRelease(verdict) || !RELEASED.every((type) => types.includes(type))) {
      throw new StepError("does not change exactly the app's own resources", lines);
    }
    await this.#terraform("apply", ...QUIET, PLAN);
    return { summary: `changes exactly ${types.length} resources`, details: lines };
  }

  /** Deploys the environment with other fields, as a person does who edits `environments.ts`. */
  async deploy(change: Change): Promise<void> {
    this.#write(change);
    await this.#terraform("apply", ...QUIET, "-auto-approve");
  }

  async destroy(): Promise<StepResult> {
    // After a failed apply there may be nothing that is protected.
    const isProtected = this.#props.environment.protected && this.applied === "yes";
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
    const left = await this.#resources();
    if (left.length > 0) throw new StepError(`${left.length} resources remain`, left);
    const before = "refused while protected; after deploying protected: false, ";
    return { summary: `${isProtected ? before : ""}no resource remains` };
  }

  output(name: string): Promise<string> {
    return this.#terraform("output", "-raw", name);
  }

  /** The addresses in the state. */
  async #resources(): Promise<string[]> {
    if (!existsSync(join(this.folder, STATE))) return [];
    const lines = (await this.#terraform("state", "list")).split("\n");
    return lines.filter((line) => line !== "" && !/(?:^|\.)data\./.test(line));
  }

  async #judged(): Promise<{ verdict: Verdict; lines: string[] }> {
    const { environment } = this.#props;
    const verdict = judge(await this.#plan(), environment, this.module);
    return { verdict, lines: report(verdict, environment.name).split("\n") };
  }

  async #plan(): Promise<Plan> {
    await this.#terraform("plan", ...QUIET, `-out=${PLAN}`);
    const shown: unknown = JSON.parse(await this.#terraform("show", "-json", PLAN));
    const plan = planIn(shown, "the saved plan");
    return this.#props.isEmulated ? withoutAlarms(plan) : plan;
  }

  #terraform(...args: readonly string[]): Promise<string> {
    return run(this.#props.running, this.folder, this.#props.program, args);
  }

  /** Writes the root module, with a state of its own: the environment's is not touched. */
  #write(change: Change): void {
    const { environment, outdir, isEmulated } = this.#props;
    const { name } = environment;
    const own = ensureDefined(this.#environments[name], `environment ${name}`);
    this.#environments = { ...this.#environments, [name]: change(own) };
    synthesize(this.#environments, { outdir, only: [name] });
    const file = join(this.folder, "cdk.tf.json");
    const module = JSON.parse(readFileSync(file, "utf8")) as Body;
    const terraform = { ...asBody(module["terraform"]), backend: { local: { path: STATE } } };
    this.module = { ...(isEmulated ? forEmulator(module) : module), terraform };
    writeFileSync(file, JSON.stringify(this.module, undefined, 2));
  }
}
