import type { Instance } from "../instances.ts";
import { symbol } from "../../symbol.ts";

/** The types whose ARNs containers get values from: their references stay, and are resolved for the run. */
const RESOLVED = new Set(["aws_secretsmanager_secret", "aws_ssm_parameter"]);

const isResolved = ({ type }: Instance, attribute: string): boolean =>
  RESOLVED.has(type) || attribute.endsWith("secret_arn");

/** The ports of engines. */
const PORTS: readonly (readonly [engine: RegExp, port: number])[] = [
  [/postgres/, 5432],
  [/mysql|maria|aurora/, 3306],
  [/redis|valkey/, 6379],
  [/memcached/, 11_211],
  [/docdb|mongo/, 27_017],
];

/** Local values in place of those that are not known before apply. */
export class Placeholders {
  /** The values that were used, by the name of the attribute. */
  readonly used = new Map<string, string>();
  /** The attributes that were needed and that are not known. */
  readonly needed = new Set<string>();
  readonly #given: Readonly<Record<string, string>>;

  /** @param given the user's values, by the name of the attribute */
  constructor(given: Readonly<Record<string, string>>) {
    this.#given = given;
  }

  /** The value of an attribute, `aws_db_instance.main.address`. */
  of(instance: Instance, path: readonly (string | number)[]): unknown {
    const name = [instance.address, ...path].join(".");
    const attribute = String(path.at(-1));
    this.needed.add(name);
    const given = Object.hasOwn(this.#given, name) ? this.#given[name] : undefined;
    if (given !== undefined) return given;
    if (isResolved(instance, attribute)) return symbol(instance.address, path.join("."));
    const text = placeholder(instance, name, attribute);
    this.used.set(name, text);
    return text;
  }
}

function placeholder({ type, values }: Instance, name: string, attribute: string): string {
  if (type === "aws_ecr_repository" && attribute === "repository_url") {
    return `000000000000.dkr.ecr.local.amazonaws.com/${String(values["name"])}`;
  }
  if (attribute.endsWith("port")) return String(portOf(values));
  if (/ur[il]$/.test(attribute)) return `https://${hostOf(name)}`;
  if (attribute === "endpoint") return `${hostOf(name)}:${portOf(values)}`;
  return /address|dns|domain|endpoint|host|fqdn/.test(attribute) ? hostOf(name) : name;
}

const portOf = ({ engine }: Instance["values"]): number =>
  PORTS.find(([pattern]) => pattern.test(String(engine)))?.[1] ?? 1;

/** A name that no server knows (RFC 6761), and that is valid in a URL. */
const hostOf = (name: string): string =>
  `${name
    .toLowerCase()
    .replaceAll(/[^a-z0-9.]+/g, "-")
    .replaceAll(/-*\.-*/g, ".")}.invalid`;
