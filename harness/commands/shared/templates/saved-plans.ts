import { isDeepStrictEqual } from "node:util";
import { resolve } from "node:path";
import {
  changesBetween,
  type Evaluated,
  HarnessError,
  type Plan,
  readSavedPlan,
  readTemplate,
  type SavedPlan,
  type Template,
  warningsFor,
  withChanges,
} from "../../../ecs/index.ts";
import { UsageError } from "../../../../command-line/options.ts";
import type { RunOptions } from "../options/options.ts";
import { asOptionError, TemplateError } from "../options/option-errors.ts";

/** The inputs for reading a template. */
type Outside = Omit<Parameters<typeof readTemplate>[1], "drawn">;

/** The plans of `--plan` and `--then`. */
export interface PlayedPlan {
  /** The first template and those deployed after it. */
  readonly templates: readonly [Template, ...Template[]];
  /** The given inputs and those that the plans have read. */
  readonly outside: Outside;
  readonly notPlayed: readonly string[];
  readonly inferred: SavedPlan["inferred"];
  readonly notes: SavedPlan["notes"];
  readonly placeholders: SavedPlan["placeholders"];
  readonly settable: SavedPlan["settable"];
  /** Given references that no plan needs. */
  readonly unused: readonly string[];
  /** The module of a folder after a change of its files. Undefined for a plan. */
  readonly again?: (evaluated: Evaluated) => Promise<Template["module"]>;
}

/**
 * Reads the plans of `--plan` and `--then`.
 * @param folder the user's folder
 * @throws UsageError with the option, the resource and what to do
 */
export async function playedPlan(
  {
    plan = "",
    then,
    resolve: settled,
    configuration,
    evaluated,
  }: Pick<RunOptions, "plan" | "then" | "resolve" | "configuration" | "evaluated">,
  outside: Outside,
  folder: string,
): Promise<PlayedPlan> {
  const drawn = new Map<string, string>();
  if (evaluated !== undefined) return playedFolder(evaluated, outside, drawn);
  const read = (file: string) =>
    readSavedPlan(resolve(folder, file), {
      resolve: settled,
      drawn,
      attributes: outside.attributes ?? {},
      ...(configuration !== undefined && { configuration: resolve(folder, configuration) }),
    });
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
  const message = `error: option --resolve: ${unused} is not an unresolved argument of the plan`;
  throw new UsageError(message);
}

/** The template of an evaluated folder. */
async function playedFolder(
  { state, lifecycles, hosts }: Evaluated,
  outside: Outside,
  drawn: Drawn,
): Promise<PlayedPlan> {
  const one = await readSavedPlan(state, { drawn, lifecycles })
    .then((saved) => played(saved, outside, drawn))
    .catch(throwPlanError("--terraform"));
  const definitions = JSON.stringify(
    one.templates.flatMap(({ plan }) => [...plan.taskDefinitions.values()]),
  );
  const unreached = Object.entries(hosts).filter(([, host]) => definitions.includes(host));
  const notes = unreached.map(([address, host]) => ({
    address,
    text: `only AWS knows it, so containers get ${host}, which does not exist; give one with --value`,
  }));
  // Secrets that were drawn stay.
  const again: PlayedPlan["again"] = async (later) =>
    (await readSavedPlan(later.state, { drawn, lifecycles: later.lifecycles })).first;
  const warnings = one.templates.flatMap(({ plan }) => warningsFor(state, plan));
  return { ...one, again, notes: [...one.notes, ...notes, ...warnings] };
}

/** The template before a plan and the templates that it deploys. */
async function played(saved: SavedPlan, given: Outside, drawn: Drawn): Promise<PlayedPlan> {
  const outside = withRead(given, saved.external);
  const first = await readTemplate(saved.first, { ...outside, drawn });
  if (!saved.next) return { ...saved, outside, templates: [first] };
  const change = withRunningHosts(saved.next, saved.first);
  const next = await readTemplate(change, { ...outside, drawn }, first);
  const note = whyAtOnce(first, next);
  if (!note) return { ...saved, outside, templates: [first, next] };
  const end = await readTemplate(saved.next, { ...outside, drawn });
  const notes = [...saved.notes, note];
  return { ...saved, outside, notes, templates: [end] };
}

/** Running hosts keep the launch template that they started with. */
function withRunningHosts(next: SavedPlan["first"], first: SavedPlan["first"]): SavedPlan["first"] {
  const kept = [...next.blocks].map(([address, block]) => {
    const running = block.type === "aws_launch_template" ? first.blocks.get(address) : undefined;
    return [address, running ?? block] as const;
  });
  return { ...next, blocks: new Map(kept) };
}

/** Why the local ECS cannot deploy a plan: it changes a base resource, such as the hosts. */
function whyAtOnce(first: Template, next: Template): SavedPlan["notes"][number] | undefined {
  try {
    changesBetween(first, next);
    return undefined;
  } catch (error) {
    const fixed = error instanceof HarnessError ? error.fixed : undefined;
    if (!fixed || next.plan.services.length === 0) throw error;
    const text = "cannot change while tasks run, so the result of the plan starts directly";
    return { address: fixed.join(", "), text };
  }
}

/** The templates that a second plan deploys after the first. */
async function playedAfter(one: PlayedPlan, saved: SavedPlan, drawn: Drawn): Promise<PlayedPlan> {
  const outside = withRead(one.outside, saved.external);
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
    placeholders: [...one.placeholders, ...saved.placeholders],
    settable: [...one.settable, ...saved.settable],
    inferred: [...one.inferred, ...saved.inferred],
    templates: [...one.templates, next],
  };
}

type Drawn = Map<string, string>;

/** The user's values override those of the plan. */
const withRead = (outside: Outside, read: SavedPlan["external"]): Outside => ({
  ...outside,
  parameters: { ...read.parameters, ...outside.parameters },
  namespaces: { ...read.namespaces, ...outside.namespaces },
});

/** @throws UsageError if the second plan was not made after the first */
function checkPrior(present: Plan, prior: Plan, isChange: boolean): void {
  if (!isChange) {
    const message =
      "error: option --then: the plan changes no running service, so there is nothing to deploy";
    throw new UsageError(message);
  }
  const [ours, theirs] = [present, prior].map((plan) => partsOf(plan));
  const addresses = new Set([...Object.keys(ours ?? {}), ...Object.keys(theirs ?? {})]);
  const different = [...addresses].filter(
    (address) => !isDeepStrictEqual(ours?.[address], theirs?.[address]),
  );
  if (different.length === 0) return;
  const message = `error: option --then: its prior state differs from the result of --plan: ${different.join(", ")}; create it from the state after the first plan`;
  throw new UsageError(message);
}

/** The compared parts of two plans: services and the commands of their containers. */
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

/** Adds the option to an error of a plan. */
const throwPlanError =
  (option: string) =>
  (error: unknown): never => {
    if (!(error instanceof HarnessError) || !error.fixed) throw asOptionError(error, option);
    const text = `${error.fixed.join(", ")}: cannot change while the local ECS runs; give a state, or a plan that changes only task definitions and services`;
    throw new TemplateError(text, option, error);
  };
