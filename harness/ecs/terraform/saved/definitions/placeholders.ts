import { entryOf } from "../../types/resource-type.ts";
import {
  arnOf,
  hasArnAsId,
  idOf,
  NO_ACCOUNT,
  type RegionAndAccount,
} from "../../types/aws-names.ts";
import { symbol } from "../../expression/symbol.ts";
import { dig, type Path } from "../../expression/values.ts";
import { child } from "../configuration/configuration.ts";
import { rowOf } from "../../types/index.ts";
import type { Instance } from "../instances.ts";

/** Whether containers get values from it: its references stay, and are resolved for the run. */
const isResolved = ({ type }: Instance, attribute: string): boolean =>
  rowOf(type).inContainers === "value" || attribute.endsWith("secret_arn");

/** The ports of engines, and of types without one. */
const PORTS: readonly (readonly [engine: RegExp, port: number])[] = [
  [/postgres/, 5432],
  [/mysql|maria|aurora/, 3306],
  [/redis|valkey|elasticache|memorydb/, 6379],
  [/memcached/, 11_211],
  [/docdb|mongo/, 27_017],
  [/redshift/, 5439],
];

/** Local values in place of those that are not known before apply, in the form of the real ones. */
export class Placeholders {
  /** The values that were used, by the name of the attribute. */
  readonly used = new Map<string, string>();
  /** The attributes that were needed and that are not known. */
  readonly needed = new Set<string>();
  /** Those that have been needed since it was cleared. */
  readonly lookedUp = new Set<string>();
  readonly #given: Readonly<Record<string, string>>;
  readonly #where: RegionAndAccount;

  /** @param given the user's values, by the name of the attribute */
  constructor(given: Readonly<Record<string, string>>, where: RegionAndAccount) {
    this.#given = given;
    this.#where = where;
  }

  /** The value of an attribute, `aws_db_instance.main.address`. */
  of(instance: Instance, path: readonly (string | number)[]): unknown {
    const name = [instance.address, ...path].join(".");
    const attribute = String(path.at(-1));
    this.needed.add(name);
    this.lookedUp.add(name);
    const given = entryOf(this.#given, name);
    if (given !== undefined) return given;
    if (isResolved(instance, attribute)) return symbol(instance.address, path.join("."));
    const text = placeholder(instance, name, attribute, this.#where);
    this.used.set(name, text);
    return text;
  }

  /** Whether a text has a placeholder, or a part of one that the plan does not know: an expression may take it apart. */
  isIn(text: string, value: string): boolean {
    const { account } = this.#where;
    const parts = value.split(/[:/]/).filter((each) => MADE_UP.test(each));
    const known = account === NO_ACCOUNT ? [] : [account];
    return [value, ...parts].some((part) => !known.includes(part) && text.includes(part));
  }
}

function placeholder(
  instance: Instance,
  name: string,
  attribute: string,
  where: RegionAndAccount,
): string {
  const { type, address, values } = instance;
  const { region, account } = where;
  const { placeholder: form } = rowOf(type);
  const kind = type.replace(/^aws_/, "");
  const named = OWN_NAMES.map((each) => values[each]).find(isText);
  const own = idOf(kind, address) ?? named ?? slugOf(address);
  if (attribute === "repository_url") return `${account}.dkr.ecr.${region}.amazonaws.com/${own}`;
  if (/(^|_)arn(_|$)/.test(attribute)) return arnOf(type, own, where);
  if (/^(account|owner|registry)_id$/.test(attribute)) return account;
  if (form?.idIsUrl && /^(id|url)$/.test(attribute)) {
    return `https://${hostOf(name)}/${account}/${own}`;
  }
  if (attribute === "id" && hasArnAsId(type)) return arnOf(type, own, where);
  if (/(^|_)id$/.test(attribute)) {
    if (attribute === "id") return own;
    return idOf(attribute.slice(0, -"_id".length), name) ?? slugOf(name);
  }
  if (attribute.endsWith("port")) return String(portOf(instance));
  if (/ur[il]$/.test(attribute)) return `https://${hostOf(name)}`;
  if (attribute.endsWith("endpoint") && form?.endpointHasPort) {
    return `${hostOf(name)}:${portOf(instance)}`;
  }
  return /address|dns|domain|endpoint|host|fqdn/.test(attribute) ? hostOf(name) : name;
}

/** A slug, a host, an id, or the account of no one. */
const MADE_UP = new RegExp(`^aws-|\\.invalid$|[0-9a-f]{12}$|^${NO_ACCOUNT}$`);

/** The arguments that name a resource. */
const OWN_NAMES = ["name", "bucket", "function_name", "identifier", "cluster_identifier", "family"];
const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

const portOf = ({ type, values: { engine } }: Instance): number =>
  PORTS.find(([pattern]) => pattern.test(isText(engine) ? engine : type))?.[1] ?? 1;

const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9.]+/g, "-")
    .replaceAll(/-*\.-*/g, ".")
    .replace(/-$/, "");

/** A name that no server knows (RFC 6761), and that is valid in a URL. */
const hostOf = (name: string): string => `${slugOf(name)}.invalid`;

/** The value of an instance at a path: known ones from the plan, and placeholders for the others. */
export function valueOf(instance: Instance, path: Path, placeholders: Placeholders): unknown {
  let unknown: unknown = instance.unknown;
  for (const step of path) {
    unknown = child(unknown, step);
    if (unknown === true) return placeholders.of(instance, path);
  }
  const value = dig(instance.values, path);
  return withUnknown(value, unknown, (below) => placeholders.of(instance, [...path, ...below]));
}

/** A value whose unknown parts are made when they are used: most of a resource is not. */
function withUnknown(
  value: unknown,
  unknown: unknown,
  make: (path: Path) => unknown,
  path: Path = [],
): unknown {
  if (unknown === true) return make(path);
  if (typeof unknown !== "object" || unknown === null) return value;
  const keys = Object.keys(unknown);
  if (Array.isArray(value) || Array.isArray(unknown)) {
    const all: readonly unknown[] = Array.isArray(value) ? value : [];
    const length = Math.max(all.length, Array.isArray(unknown) ? unknown.length : 0);
    return Array.from({ length }, (_, index) =>
      withUnknown(all[index], child(unknown, index), make, [...path, index]),
    );
  }
  const object = typeof value === "object" && value !== null ? { ...value } : {};
  for (const key of keys) {
    Object.defineProperty(object, key, {
      configurable: true,
      enumerable: true,
      get: () => withUnknown(child(value, key), child(unknown, key), make, [...path, key]),
    });
  }
  return object;
}
