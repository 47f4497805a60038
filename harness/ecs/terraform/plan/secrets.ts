import { HarnessError, invalid } from "../../base/errors.ts";
import type { Model } from "./model.ts";
import type { SecretReference } from "./plan.ts";
import { CURRENT } from "./secret-reference.ts";
import { checkUnique } from "./unique.ts";

/** The values of a template's secrets in this run. */
export class Secrets {
  readonly #values: ReadonlyMap<string, string>;

  private constructor(values: ReadonlyMap<string, string>) {
    this.#values = values;
  }

  /**
   * Reads the current version of every secret, by its address and its name.
   * @param external existing secrets and parameters outside the template, by name
   */
  static of(model: Model, external: Readonly<Record<string, string>>): Secrets {
    const values = new Map(Object.entries(external));
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
      values.set(secret.address, value);
      if (secret.arguments.name !== undefined) values.set(secret.arguments.name, value);
    }
    // The value of a secret without a version may be given by its name.
    for (const { address, arguments: args } of model.all("aws_secretsmanager_secret")) {
      const given = values.get(args.name ?? "");
      if (given !== undefined && !values.has(address)) values.set(address, given);
    }
    return new Secrets(values);
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
