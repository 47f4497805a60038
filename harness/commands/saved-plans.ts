import { isDeepStrictEqual } from "node:util";
import { resolve } from "node:path";
import {
  HarnessError,
  type Plan,
  readSavedPlan,
  readTemplate,
  type SavedPlan,
  type Template,
} from "../ecs/index.ts";
import { oneLine, UsageError } from "./command-line.ts";
import type { LocalOptions } from "./local-options.ts";
import { inTermsOfOptions } from "./local-terms.ts";

/** Values from outside, as a template is read with them. */
type Outside = Omit<Parameters<typeof readTemplate>[1], "drawn">;

/** A plan, and one that follows it, as they are played. */
export interface PlayedPlan {
  /** What comes up first, then each that is deployed after it. */
  readonly templates: readonly [Template, ...Template[]];
  readonly notPlayed: readonly string[];
  readonly inferred: SavedPlan["inferred"];
  readonly notes: SavedPlan["notes"];
}

/**
 * Reads the plan of `--plan`, and that of `--then`.
 * @param folder where the user is
 * @throws UsageError naming the option, the resource and what to do
 */
export async function playedPlan(
  options: Pick<LocalOptions, "plan" | "then" | "resolve">,
  outside: Outside,
  folder: string,
): Promise<PlayedPlan> {
  const { plan = "", then, resolve: settled } = options;
  const drawn = new Map<string, string>();
  const read = async (option: string, file: string, before?: Template) => {
    try {
      const saved = await readSavedPlan(resolve(folder, file), { resolve: settled, drawn });
      const known = { ...outside, drawn };
      const first = await readTemplate(saved.first, known, before);
      const next = saved.next && (await readTemplate(saved.next, known, first));
      return { ...saved, templates: [first, next ?? []].flat() };
    } catch (error) {
      throw toldOfPlan(option, error);
    }
  };
  const one = await read("--plan", plan);
  const [first] = one.templates;
  if (!first) throw new Error("a plan has a template");
  if (then === undefined) return { ...one, templates: [first, ...one.templates.slice(1)] };
  const present = one.templates.at(-1) ?? first;
  const two = await read("--then", then, present);
  const [prior, ...next] = two.templates;
  checkPrior(present.plan, prior?.plan, next.length);
  return {
    ...two,
    notes: [...one.notes, ...two.notes],
    inferred: [...one.inferred, ...two.inferred],
    templates: [first, ...one.templates.slice(1), ...next],
  };
}

/** @throws UsageError when the second plan is not one of what the first leaves */
function checkPrior(present: Plan, prior: Plan | undefined, changes: number): void {
  if (changes === 0) {
    const message =
      "error: option --then: this plan changes no service that runs: there is nothing to deploy";
    throw new UsageError(message);
  }
  const [ours, theirs] = [present, prior].map((plan) => partsOf(plan));
  const addresses = new Set([...Object.keys(ours ?? {}), ...Object.keys(theirs ?? {})]);
  const different = [...addresses].filter(
    (address) => !isDeepStrictEqual(ours?.[address], theirs?.[address]),
  );
  if (different.length === 0) return;
  const message = `error: option --then: its prior state is another than what --plan leaves: ${different.join(", ")}; make it from the state that the first plan was applied to`;
  throw new UsageError(message);
}

/** What makes two plans the same: services, and what their containers run. */
function partsOf(plan: Plan | undefined): Readonly<Record<string, unknown>> {
  const services = (plan?.services ?? []).map(({ address, name, registries, targets }) => [
    address,
    { name, registries, targets },
  ]);
  const definitions = [...(plan?.taskDefinitions.values() ?? [])].map(
    ({ address, family, containers }) => [
      address,
      {
        family,
        containers: containers.map(({ name, image, command, entryPoint, environment }) => ({
          name,
          image,
          command,
          entryPoint,
          environment,
        })),
      },
    ],
  );
  return Object.fromEntries([...services, ...definitions]);
}

/** An error of a plan, as it reads at the command line. */
function toldOfPlan(option: string, error: unknown): unknown {
  const told = inTermsOfOptions(error);
  if (!(told instanceof HarnessError)) return told;
  const message = told.message.replaceAll(/\b(this|the) template\b/g, "$1 plan");
  return new UsageError(`error: option ${option}: ${oneLine(message)}`, { cause: error });
}
