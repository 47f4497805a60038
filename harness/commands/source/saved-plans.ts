import { isDeepStrictEqual } from "node:util";
import { resolve } from "node:path";
import {
  changesBetween,
  HarnessError,
  type Plan,
  readSavedPlan,
  readTemplate,
  type SavedPlan,
  type Template,
  withChanges,
} from "../../ecs/index.ts";
import { oneLine, UsageError } from "../../../command-line/options.ts";
import type { SourceOptions } from "./options.ts";
import { asOptionError } from "./option-errors.ts";

/** Values from outside, as a template is read with them. */
type Outside = Omit<Parameters<typeof readTemplate>[1], "drawn">;

/** A plan, and one that follows it, as they are played. */
export interface PlayedPlan {
  /** What comes up first, then each that is deployed after it. */
  readonly templates: readonly [Template, ...Template[]];
  /** What it was read with, and what the plans have read of things outside them. */
  readonly outside: Outside;
  readonly notPlayed: readonly string[];
  readonly inferred: SavedPlan["inferred"];
  readonly notes: SavedPlan["notes"];
  /** Settled references that no plan needs. */
  readonly unused: readonly string[];
}

/**
 * Reads the plan of `--plan`, and that of `--then`.
 * @param folder where the user is
 * @throws UsageError naming the option, the resource and what to do
 */
export async function playedPlan(
  { plan = "", then, resolve: settled }: Pick<SourceOptions, "plan" | "then" | "resolve">,
  outside: Outside,
  folder: string,
): Promise<PlayedPlan> {
  const drawn = new Map<string, string>();
  const read = (file: string) => readSavedPlan(resolve(folder, file), { resolve: settled, drawn });
  const one = await read(plan)
    .then((saved) => played(saved, outside, drawn))
    .catch(throwPlanError("--plan"));
  const all =
    then === undefined
      ? one
      : await read(then)
          .then((saved) => playedAfter(one, saved, drawn))
          .catch(throwPlanError("--then"));
  const [unused] = all.unused;
  if (unused === undefined) return all;
  const message = `error: option --resolve: ${unused} names no argument that needs it: only what a plan does not show is settled so`;
  throw new UsageError(message);
}

/** What a plan brings up, and what it then deploys. */
async function played(saved: SavedPlan, given: Outside, drawn: Drawn): Promise<PlayedPlan> {
  const outside = withRead(given, saved.outside);
  const first = await readTemplate(saved.first, { ...outside, drawn });
  if (!saved.next) return { ...saved, outside, templates: [first] };
  const next = await readTemplate(saved.next, { ...outside, drawn }, first);
  const note = whyAtOnce(first, next);
  if (!note) return { ...saved, outside, templates: [first, next] };
  const end = await readTemplate(saved.next, { ...outside, drawn });
  return { ...saved, outside, notes: [...saved.notes, note], templates: [end] };
}

/** Why a plan is no deployment: it changes what the local ECS is built on, such as its hosts. */
function whyAtOnce(first: Template, next: Template): SavedPlan["notes"][number] | undefined {
  try {
    changesBetween(first, next);
    return undefined;
  } catch (error) {
    const isPlayable = error instanceof HarnessError && error.code === "ERR_UNSUPPORTED";
    if (!isPlayable || next.plan.services.length === 0) throw error;
    const [address = ""] = error.message.split(": ");
    const text = "cannot change while tasks run here, so what the plan makes comes up at once";
    return { address, text };
  }
}

/** What a second plan deploys on what the first one leaves. */
async function playedAfter(one: PlayedPlan, saved: SavedPlan, drawn: Drawn): Promise<PlayedPlan> {
  const outside = withRead(one.outside, saved.outside);
  const present = one.templates.at(-1) ?? one.templates[0];
  const prior = await readTemplate(saved.first, { ...outside, drawn });
  const module = withChanges(present.module, saved);
  checkPrior(present.plan, prior.plan, module !== undefined);
  const next = await readTemplate(module ?? saved.first, { ...outside, drawn }, present);
  changesBetween(present, next);
  return {
    ...saved,
    outside,
    unused: one.unused.filter((key) => saved.unused.includes(key)),
    notes: [...one.notes, ...saved.notes],
    inferred: [...one.inferred, ...saved.inferred],
    templates: [...one.templates, next],
  };
}

type Drawn = Map<string, string>;

/** What the user gives replaces what a plan has read. */
const withRead = (outside: Outside, read: SavedPlan["outside"]): Outside => ({
  ...outside,
  parameters: { ...read.parameters, ...outside.parameters },
  namespaces: { ...read.namespaces, ...outside.namespaces },
});

/** @throws UsageError when the second plan is not one of what the first leaves */
function checkPrior(present: Plan, prior: Plan, isChange: boolean): void {
  if (!isChange) {
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

const throwPlanError =
  (option: string) =>
  (error: unknown): never => {
    throw asPlanError(option, error);
  };

/** An error of a plan, as it reads at the command line. */
function asPlanError(option: string, error: unknown): unknown {
  const told = asOptionError(error);
  if (!(told instanceof HarnessError)) return told;
  const message = told.message
    .replace(
      "close it and start it from the new template",
      "give a state, or a plan that changes task definitions and services alone",
    )
    .replaceAll(/\b(this|the) template\b/g, "$1 plan");
  return new UsageError(`error: option ${option}: ${oneLine(message)}`, { cause: error });
}
