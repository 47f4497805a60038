import { type Key, type ModuleStep, stepsOf } from "../expression/address.ts";
import { withoutAlias } from "../types/index.ts";
import type { ResourceChange, Saved, StateModule } from "./format.ts";

type Values = Readonly<Record<string, unknown>>;

/** An instance of a resource or a data source. With `count` or `for_each` there are several. */
export interface Instance {
  readonly address: string;
  readonly mode: "managed" | "data";
  readonly type: string;
  readonly name: string;
  /** Its number or key. */
  readonly index: Key;
  /** The path of its module instance; empty for the root. */
  readonly steps: readonly ModuleStep[];
  readonly values: Values;
  /** `true` for each value that is not known before apply, in the structure of `values`. */
  readonly unknown: unknown;
  /** `true` for each sensitive value, in the structure of `values`. */
  readonly sensitive: unknown;
  /** Whether Terraform replaces it. */
  readonly isReplaced: boolean;
  readonly dependsOn: readonly string[];
}

/** The instances before the changes of a plan; none for a state. */
export function instancesBefore(saved: Saved): Instance[] {
  const changed = changesOf(saved).flatMap((change): Instance[] => {
    const { before } = change.change;
    return before ? [{ ...identityOf(change), values: before, ...KNOWN }] : [];
  });
  return [...changed, ...untouched(saved)];
}

/** The instances after the changes of a plan, or in a state. */
export function instancesAfter(saved: Saved): Instance[] {
  const changed = changesOf(saved).flatMap((change): Instance[] => {
    const { actions, before, after } = change.change;
    const { after_unknown: unknown, after_sensitive: sensitive } = change.change;
    // A `removed` block with `destroy = false`: the resource stays, but is no longer in the state.
    const isRemoved = isOnlyRemovedFromState(actions);
    if (isRemoved && before) return [{ ...identityOf(change), values: before, ...KNOWN }];
    if (!after) return [];
    const isReplaced = actions.includes("delete") && actions.includes("create");
    return [
      { ...identityOf(change), values: after, unknown, sensitive, isReplaced, dependsOn: [] },
    ];
  });
  return [...changed, ...untouched(saved)];
}

/** Whether Terraform only removes a resource from the state. */
export const isOnlyRemovedFromState = ([action, other]: readonly string[]): boolean =>
  action === "forget" && other === undefined;

const KNOWN = { unknown: {}, sensitive: {}, isReplaced: false, dependsOn: [] } as const;

const changesOf = ({ resource_changes: changes }: Saved): ResourceChange[] =>
  changes.filter(({ deposed }) => deposed === undefined);

/** Instances without an entry in the plan's changes: unchanged ones, and data sources that have been read. */
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
  return { address, mode, type: withoutAlias(type), name, index, steps: stepsOf(address) };
}

/** Whether any value is not known before apply. */
export const hasUnknown = (unknown: unknown): boolean =>
  unknown === true ||
  (typeof unknown === "object" && unknown !== null && Object.values(unknown).some(hasUnknown));
