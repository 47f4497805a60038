import { isDeepStrictEqual } from "node:util";
import { HarnessError } from "../base/errors.ts";

/** A root module in CDKTF's JSON. */
export interface RootModule {
  readonly resource?: Blocks;
  readonly moved?: unknown;
  readonly [section: string]: unknown;
}
type Blocks = Readonly<Record<string, Readonly<Record<string, object>>>>;

/** A resource of the root module with a new address. */
export interface Rename {
  readonly from: string;
  readonly to: string;
}

const ADDRESS = /^(?:\$\{)?([\w-]+\.[\w-]+)\}?$/;

/**
 * The `moved` blocks of a new version that rename a resource of the old one. Like Terraform it ignores the
 * others.
 * https://developer.hashicorp.com/terraform/language/modules/develop/refactoring
 * @throws HarnessError for a module or an instance of a `count`
 */
export function movedIn(next: RootModule, old: RootModule): Rename[] {
  const present = new Set(addressesOf(old));
  const blocks = [next.moved ?? []].flat() as readonly { from?: unknown; to?: unknown }[];
  return blocks
    .map(({ from, to }) => ({ from: plain(from), to: plain(to) }))
    .filter(({ from, to }) => present.has(from) && !present.has(to));
}

function plain(address: unknown): string {
  const [, found] = ADDRESS.exec(String(address)) ?? [];
  if (found !== undefined) return found;
  const message = `moved: ${String(address)} is not a resource of the root module; only those are supported`;
  throw new HarnessError("ERR_UNSUPPORTED", message);
}

const addressesOf = ({ resource = {} }: RootModule): string[] =>
  Object.entries(resource).flatMap(([type, named]) =>
    Object.keys(named).map((name) => `${type}.${name}`),
  );

/** The module with the renamed resources, including all references to them. */
export function renamed(module: RootModule, renames: readonly Rename[]): RootModule {
  if (renames.length === 0) return module;
  const to = new Map(renames.map((rename) => [rename.from, rename.to]));
  const resource: Record<string, Record<string, object>> = {};
  for (const [type, named] of Object.entries(module.resource ?? {})) {
    for (const [name, block] of Object.entries(named)) {
      const address = to.get(`${type}.${name}`) ?? `${type}.${name}`;
      const dot = address.indexOf(".");
      (resource[address.slice(0, dot)] ??= {})[address.slice(dot + 1)] = block;
    }
  }
  return referringTo({ ...module, resource }, to);
}

/** A value with its references renamed. */
function referringTo<Value>(value: Value, to: ReadonlyMap<string, string>): Value {
  const text = JSON.stringify(value).replaceAll(
    /(?<![\w.-])[a-z]\w*\.[A-Za-z_][\w-]*/g,
    (address) => to.get(address) ?? address,
  );
  return JSON.parse(text) as Value;
}

/**
 * Resources that are in both versions under different addresses: they have the same type, and the same content
 * or the same name in AWS. Ambiguous matches are ignored.
 */
export function renamesBetween(old: RootModule, next: RootModule): Rename[] {
  const found = new Map<string, string>();
  // Resources that refer to a renamed one become equal after the rename, so repeat.
  for (let size = -1; size !== found.size;) {
    size = found.size;
    const renames = [...found].map(([from, to]) => ({ from, to }));
    const earlier = renamed(old, renames);
    for (const { from, to } of pairs(earlier, next)) found.set(from, to);
  }
  return [...found].map(([from, to]) => ({ from, to }));
}

function pairs(old: RootModule, next: RootModule): Rename[] {
  const [before, after] = [addressesOf(old), addressesOf(next)];
  const gone = before.filter((address) => !after.includes(address));
  const come = after.filter((address) => !before.includes(address));
  const all = gone.flatMap((from) =>
    come
      .filter((to) => typeOf(from) === typeOf(to))
      .filter((to) => isSame(typeOf(to), blockAt(old, from), blockAt(next, to)))
      .map((to) => ({ from, to })),
  );
  const isOnly = (side: keyof Rename, address: string): boolean =>
    all.filter((pair) => pair[side] === address).length === 1;
  return all.filter(({ from, to }) => isOnly("from", from) && isOnly("to", to));
}

const typeOf = (address: string): string => address.slice(0, address.indexOf("."));

function blockAt(
  { resource = {} }: RootModule,
  address: string,
): Readonly<Record<string, unknown>> {
  const block = resource[typeOf(address)]?.[address.slice(address.indexOf(".") + 1)];
  const { "//": _metadata, ...rest } = (block ?? {}) as Record<string, unknown>;
  return rest;
}

/** The arguments with the name of a resource in AWS. */
const NAMES = ["name", "family", "creation_token", "alarm_name", "dashboard_name"];

/** Types whose names are unique only within another resource. */
const NAMED_WITHIN = new Set(["aws_iam_role_policy", "aws_backup_selection"]);

type Values = Readonly<Record<string, unknown>>;

function isSame(type: string, old: Values, next: Values): boolean {
  const hasName = NAMES.some((name) => old[name] !== undefined && old[name] === next[name]);
  return (hasName && !NAMED_WITHIN.has(type)) || isDeepStrictEqual(old, next);
}
