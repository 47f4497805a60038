import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureDefined } from "../../stacks/config/ensure-defined.ts";
import type * as schema from "../../stacks/config/environment-schema.ts";
import { planIn } from "../../stacks/gate/plan.ts";
import { report } from "../../stacks/gate/report.ts";
import { isRelease, judge, type Verdict } from "../../stacks/gate/verdict.ts";
import { asBody, type Body } from "../../stacks/rules/template.ts";
import { synthesizedText } from "../../stacks/synthesize.ts";
import { forEmulator, withoutAlarms } from "./emulator.ts";
import type { Programs } from "./programs.ts";
import type { Settings } from "./settings.ts";

const STATE = "rehearsal.tfstate";
const PLAN = "rehearsal.plan";
const QUIET = ["-input=false", "-no-color"];

/** An environment that Terraform deploys. A step returns its result, or rejects if it fails. */
export class Deployment {
  readonly #settings: Settings;
  readonly #folder: string;
  readonly #programs: Programs;
  module: Body = {};
  /** Whether the first apply has begun, so that there may be something to destroy. */
  isBegun = false;
  #environments: schema.EnvironmentsInput;
  #planned = 0;

  /** @param folder for the root module and its state */
  constructor(settings: Settings, folder: string, programs: Programs) {
    this.#settings = settings;
    this.#folder = folder;
    this.#programs = programs;
    this.#environments = settings.environments;
  }

  async init(): Promise<string> {
    this.#change((own) => own);
    await this.#terraform("init", ...QUIET);
    return (await this.#terraform("version")).trim().replaceAll("\n", ", ");
  }

  async plan(): Promise<string> {
    const { changes } = await this.#judged();
    this.#planned = changes.filter(({ action }) => action === "create").length;
    if (this.#planned === 0) throw new Error("the plan creates nothing");
    return `creates ${this.#planned} resources`;
  }

  async apply(): Promise<string> {
    this.isBegun = true;
    await this.#terraform("apply", ...QUIET, PLAN);
    const { length } = await this.#resources();
    if (length === this.#planned) return `${length} resources`;
    throw new Error(`the plan creates ${this.#planned} resources, but the state has ${length}`);
  }

  async secondPlan(): Promise<string> {
    const { problems, changes, text } = await this.#judged();
    if (problems.length + changes.length === 0) return "no changes";
    throw new Error(`${changes.length} resources would change again\n${text}`);
  }

  /** Releases the app with another variable: there may be no second image. */
  async release(): Promise<string> {
    this.#change(({ app, ...own }) => {
      const environment = { ...app.environment, REHEARSAL: "release" };
      return { ...own, app: { ...app, environment } };
    });
    const { text, ...verdict } = await this.#judged();
    const types = verdict.changes.map(({ address }) => address.split(".")[0]);
    const wanted = "aws_ecs_service,aws_ecs_task_definition";
    if (!isRelease(verdict) || types.toSorted().join() !== wanted) {
      throw new Error(`does not change exactly the app's own resources\n${text}`);
    }
    await this.#terraform("apply", ...QUIET, PLAN);
    return `changes exactly ${types.length} resources\n${text}`;
  }

  /** Deploys the environment with other fields, as a person does who edits `environments.ts`. */
  async deploy(redis: object, others: object = {}): Promise<void> {
    this.#change((own) => ({ ...own, redis: { ...own.redis, ...redis }, ...others }));
    await this.#terraform("apply", ...QUIET, "-auto-approve");
  }

  /** Also a protected environment: it is in an emulator. */
  async destroy(): Promise<string> {
    this.#change((own) => ({ ...own, protected: false }));
    // AWS may hold something for some minutes, such as the network interface of a load balancer.
    const destroy = (): Promise<string> => this.#terraform("destroy", ...QUIET, "-auto-approve");
    await destroy().catch(destroy);
    const left = await this.#resources();
    if (left.length > 0) throw new Error([`${left.length} resources remain`, ...left].join("\n"));
    return "no resource remains";
  }

  output(name: string): Promise<string> {
    return this.#terraform("output", "-raw", name);
  }

  /** The addresses in the state. */
  async #resources(): Promise<string[]> {
    if (!existsSync(join(this.#folder, STATE))) return [];
    const lines = (await this.#terraform("state", "list")).split("\n");
    return lines.filter((line) => line !== "" && !/(?:^|\.)data\./.test(line));
  }

  /** Plans, and judges the plan as the gate does. */
  async #judged(): Promise<Verdict & { readonly text: string }> {
    const { environment, endpoint } = this.#settings;
    await this.#terraform("plan", ...QUIET, `-out=${PLAN}`);
    const shown: unknown = JSON.parse(await this.#terraform("show", "-json", PLAN));
    const all = planIn(shown, "the saved plan");
    const plan = endpoint === undefined ? all : withoutAlarms(all);
    const verdict = judge(plan, environment, this.module);
    return { ...verdict, text: report(verdict, environment.name) };
  }

  #terraform(...args: readonly string[]): Promise<string> {
    return this.#programs.run(this.#folder, this.#settings.program, ...args);
  }

  /** Changes the environment, and writes its root module with a state of its own: the environment's is not touched. */
  #change(change: (own: schema.EnvironmentInput) => object): void {
    const { environment, endpoint } = this.#settings;
    const { name } = environment;
    const own = ensureDefined(this.#environments[name], `environment ${name}`);
    this.#environments = { ...this.#environments, [name]: change(own) as schema.EnvironmentInput };
    const module = JSON.parse(synthesizedText(this.#environments, name)) as Body;
    const terraform = { ...asBody(module["terraform"]), backend: { local: { path: STATE } } };
    this.module = { ...(endpoint === undefined ? module : forEmulator(module)), terraform };
    writeFileSync(join(this.#folder, "cdk.tf.json"), JSON.stringify(this.module, undefined, 2));
  }
}
