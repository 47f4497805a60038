import type { ResourceChange, Saved, StateModule } from "./format.ts";

type Values = Readonly<Record<string, unknown>>;

/** A resource or a data source as Terraform has it, with one address for each of a `count` or `for_each`. */
export interface Instance {
  readonly address: string;
  readonly mode: "managed" | "data";
  readonly type: string;
  readonly name: string;
  /** Its number or its key. */
  readonly index: string | number | undefined;
  /** The module instance that it is in; empty for the root. */
  readonly steps: readonly ModuleStep[];
  readonly values: Values;
  /** `true` where a value is not known before apply, in the shape of `values`. */
  readonly unknown: unknown;
  /** `true` where a value is sensitive, in the same shape. */
  readonly sensitive: unknown;
  /** Whether Terraform makes it anew. */
  readonly isReplaced: boolean;
  readonly dependsOn: readonly string[];
}

/** One call on the way to a module instance. */
export interface ModuleStep {
  readonly name: string;
  readonly index: string | number | undefined;
}

const STEP = /module\.([\w-]+)(?:\[(\d+|"(?:[^"\\]|\\.)*")\])?\./gy;

/** The calls on the way to an address. */
export function stepsOf(address: string): ModuleStep[] {
  return [...address.matchAll(STEP)].map(([, name = "", index]) => ({
    name,
    index: index === undefined ? undefined : (JSON.parse(index) as string | number),
  }));
}

/** What addresses in a module instance begin with. */
export const pathOf = (steps: readonly ModuleStep[]): string =>
  steps
    .map(({ name, index }) => {
      const key = index === undefined ? "" : `[${JSON.stringify(index)}]`;
      return `module.${name}${key}.`;
    })
    .join("");

/** What there was before the changes of a plan; nothing before those of a state. */
export function instancesBefore(saved: Saved): Instance[] {
  const changed = changesOf(saved).flatMap((change): Instance[] => {
    const { before } = change.change;
    return before ? [{ ...identityOf(change), values: before, ...KNOWN }] : [];
  });
  return [...changed, ...untouched(saved)];
}

/** What there is after the changes of a plan, or in a state. */
export function instancesAfter(saved: Saved): Instance[] {
  const changed = changesOf(saved).flatMap((change): Instance[] => {
    const { actions, before, after } = change.change;
    const { after_unknown: unknown, after_sensitive: sensitive } = change.change;
    // A `removed` block without destruction: Terraform knows it no longer, and it stays as it is.
    const isForgotten = isOnlyForgotten(actions);
    if (isForgotten && before) return [{ ...identityOf(change), values: before, ...KNOWN }];
    if (!after) return [];
    const isReplaced = actions.includes("delete") && actions.includes("create");
    return [
      { ...identityOf(change), values: after, unknown, sensitive, isReplaced, dependsOn: [] },
    ];
  });
  return [...changed, ...untouched(saved)];
}

/** Whether Terraform only stops to manage a resource. */
export const isOnlyForgotten = ([action, other]: readonly string[]): boolean =>
  action === "forget" && other === undefined;

const KNOWN = { unknown: {}, sensitive: {}, isReplaced: false, dependsOn: [] } as const;

const changesOf = ({ resource_changes: changes }: Saved): ResourceChange[] =>
  changes.filter(({ deposed }) => deposed === undefined);

/** What a plan has no entry for: the rest of a state, and data sources that have been read. */
function untouched(saved: Saved): Instance[] {
  const named = new Set(changesOf(saved).map(({ address }) => address));
  const root = (saved.values ?? saved.prior_state?.values)?.root_module;
  return root ? inState(root).filter(({ address }) => !named.has(address)) : [];
}

function inState({ resources, child_modules: children }: StateModule): Instance[] {
  const own = resources
    .filter(({ deposed_key: deposed }) => deposed === undefined)
    .map((resource): Instance => ({
      ...identityOf(resource),
      ...KNOWN,
      values: resource.values,
      sensitive: resource.sensitive_values,
      dependsOn: resource.depends_on,
    }));
  return [...own, ...children.flatMap((child) => inState(child))];
}

type Identity = Pick<Instance, "address" | "mode" | "type" | "name" | "index" | "steps">;

function identityOf({
  address,
  mode,
  type,
  name,
  index,
}: Pick<ResourceChange, "address" | "mode" | "type" | "name" | "index">): Identity {
  // The provider has two names for one type.
  const known = type.replace(/^aws_alb(?=$|_)/, "aws_lb");
  return { address, mode, type: known, name, index, steps: stepsOf(address) };
}

/** Whether anything is not known before apply. */
export const hasUnknown = (unknown: unknown): boolean =>
  unknown === true ||
  (typeof unknown === "object" && unknown !== null && Object.values(unknown).some(hasUnknown));
