import { HarnessError, invalid } from "../../base/errors.ts";
import type { Model } from "./model.ts";
import type { SecretReference } from "./plan.ts";
import { CURRENT } from "./secret-reference.ts";
import { checkUnique } from "./unique.ts";

type Texts = Readonly<Record<string, string>>;

/** The values of a template's secrets in this run. */
export class Secrets {
  readonly #own: ReadonlyMap<string, string>;
  /** The names of the template's secrets, by address. */
  readonly #names: ReadonlyMap<string, string>;
  readonly #external: Texts;
  readonly #values: ReadonlyMap<string, string>;

  private constructor(
    own: ReadonlyMap<string, string>,
    names: ReadonlyMap<string, string>,
    external: Texts,
  ) {
    this.#own = own;
    this.#names = names;
    this.#external = external;
    const values = new Map([...Object.entries(external), ...own]);
    // The value of a secret without a version may be given by its name.
    for (const [address, name] of names) {
      const given = values.get(name);
      if (given !== undefined && !values.has(address)) values.set(address, given);
    }
    this.#values = values;
  }

  /**
   * Reads the current version of every secret, by its address and its name.
   * @param external existing secrets and parameters outside the template, by name
   */
  static of(model: Model, external: Texts): Secrets {
    const own = new Map<string, string>();
    const versions = model.all("aws_secretsmanager_secret_version");
    checkUnique(versions, ({ address, arguments: args }) => [
      `${address}.secret_id`,
      args.secret_id,
    ]);
    for (const { address, arguments: args } of versions) {
      if (args.version_stages?.includes(CURRENT) === false) {
        const message = `${address}.version_stages: only ${CURRENT} is modelled`;
        throw new HarnessError("ERR_UNSUPPORTED", message);
      }
      const secret = model.referred(
        "aws_secretsmanager_secret",
        args.secret_id,
        `${address}.secret_id`,
      );
      const value = args.secret_string ?? args.secret_string_wo;
      if (value === undefined) {
        const message = `${address}: secret_string or secret_string_wo is required`;
        throw new HarnessError("ERR_UNSUPPORTED", message);
      }
      own.set(secret.address, value);
      if (secret.arguments.name !== undefined) own.set(secret.arguments.name, value);
    }
    const secrets = model.all("aws_secretsmanager_secret");
    const names = secrets.map(({ address, arguments: { name } }) => [address, name ?? ""] as const);
    return new Secrets(own, new Map(names), external);
  }

  /** The same secrets with more values from outside the template. */
  with(external: Texts): Secrets {
    return new Secrets(this.#own, this.#names, { ...this.#external, ...external });
  }

  /** Whether a secret has a value in this run. */
  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** @throws HarnessError ERR_INVALID_ARG with the names of the secrets */
  value(name: string): string {
    const value = this.#values.get(name);
    if (value !== undefined) return value;
    const known = [...this.#values.keys()].join(", ") || "none";
    const message = `secret "${name}" has no local value; known: ${known}; give one`;
    throw invalid(message, { option: "secrets", name });
  }

  /** The value for a container: the secret, or one key of it if it is a JSON object. */
  resolve({ secret: name, otherwise = name, key }: SecretReference): string {
    const secret = this.has(otherwise) ? otherwise : name;
    const value = this.value(secret);
    if (key === undefined) return value;
    try {
      const object: unknown = JSON.parse(value);
      const found = typeof object === "object" && object ? Reflect.get(object, key) : undefined;
      if (found !== undefined) return String(found);
    } catch {
      // Not JSON: same error as for a missing key, without the secret's text.
    }
    throw new HarnessError("ERR_TEMPLATE", `secret "${secret}" has no JSON key "${key}"`);
  }
}
