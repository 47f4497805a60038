import { HarnessError } from "../../base/errors.ts";
import { noEffect } from "../fields.ts";
import { SCHEMAS, type ModelledType } from "../schemas.ts";
import { symbol } from "../symbol.ts";
import { child, type Configuration, isRecord } from "./configuration.ts";
import { hasUnknown, type Instance } from "./instances.ts";
import type { KnownNames } from "./known-names.ts";
import { literalText, withoutUnset } from "./literals.ts";
import { hasPositions, namesOf, positionsOf, type ValuePath } from "./positions.ts";
import type { References } from "./references.ts";
import type { Scopes } from "./scopes.ts";
import type { UnknownReferences } from "./unknown-references.ts";
import { withoutUnmodelled } from "./unmodelled.ts";

/** The parts of a saved plan that its resources are read with. */
export interface Context {
  readonly configuration: Configuration;
  readonly references: References;
  readonly names: KnownNames;
  readonly unknown: UnknownReferences;
  readonly scopes: Scopes;
}

/**
 * The arguments of a resource as in a template: values as literals, references as placeholders.
 * @throws HarnessError for an argument whose value is not known before apply, or was left out
 */
export function argumentsOf(
  instance: Instance & { readonly type: ModelledType },
  context: Context,
): Readonly<Record<string, unknown>> {
  const { type, values, unknown, sensitive } = instance;
  const shape: object = SCHEMAS[type].shape;
  const names = new Set([...Object.keys(values), ...keysOf(unknown), ...keysOf(sensitive)]);
  const reader = new ArgumentReader(instance, context);
  const read = [...names].flatMap((name) => {
    const markers = child(unknown, name);
    const isModelled = Object.hasOwn(shape, name) && Reflect.get(shape, name) !== noEffect;
    if (!isModelled) return markers === true ? [] : [[name, reader.literal(values[name])] as const];
    reader.checkGiven(name);
    return [[name, reader.value(values[name], markers, [name])] as const];
  });
  const given = withoutUnset(Object.fromEntries(read)) as Record<string, unknown>;
  return withoutUnmodelled(type, withoutZeroPorts(given));
}

/** A state has port 0 where a registry has no port. */
function withoutZeroPorts(given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { service_registries: registries } = given;
  if (!Array.isArray(registries)) return given;
  const written = registries.map((registry: unknown) =>
    isRecord(registry)
      ? Object.fromEntries(Object.entries(registry).filter(([, value]) => value !== 0))
      : registry,
  );
  return { ...given, service_registries: written };
}

const keysOf = (value: unknown): string[] =>
  typeof value === "object" && value !== null ? Object.keys(value) : [];

class ArgumentReader {
  readonly #instance: Instance;
  readonly #context: Context;

  constructor(instance: Instance, context: Context) {
    this.#instance = instance;
    this.#context = context;
  }

  /** A value as in a template. @param unknown marks unknown values */
  value(value: unknown, unknown: unknown, path: ValuePath): unknown {
    if (unknown === true) return this.#unknown(path);
    if (typeof value === "string") return this.#text(value, path);
    if (Array.isArray(value) || (Array.isArray(unknown) && (value ?? undefined) === undefined)) {
      const all: readonly unknown[] = Array.isArray(value) ? value : [];
      const length = Math.max(all.length, Array.isArray(unknown) ? unknown.length : 0);
      return Array.from({ length }, (_, index) =>
        this.value(all[index], child(unknown, index), [...path, index]),
      );
    }
    const hasKeys = typeof value === "object" && value !== null;
    if (!hasKeys && keysOf(unknown).length === 0) return value;
    const keys = new Set([...keysOf(value), ...keysOf(unknown)]);
    return Object.fromEntries(
      [...keys].map((key) => [
        key,
        this.value(child(value, key), child(unknown, key), [...path, key]),
      ]),
    );
  }

  /** A value without references. */
  literal(value: unknown): unknown {
    return this.value(value, undefined, []);
  }

  /** @throws HarnessError for a value that was left out because it is sensitive */
  checkGiven(name: string): void {
    const { address, type, values, sensitive, unknown } = this.#instance;
    // The value of a secret is drawn for the run.
    if (type === "aws_secretsmanager_secret_version") return;
    const isLeftOut = (values[name] ?? null) === null || values[name] === "(sensitive value)";
    if (child(sensitive, name) !== true || !isLeftOut || child(unknown, name) === true) return;
    const message = `${address}.${name} is sensitive, and its value was left out; use a plan as \`terraform show -json\` writes it`;
    throw new HarnessError("ERR_TEMPLATE", message);
  }

  #text(value: string, path: ValuePath): string {
    const [found] = positionsOf(this.#instance.type, path).flatMap(({ type, attribute }) => {
      const address = this.#context.names.find(type, value);
      return address === undefined ? [] : [symbol(address, attribute)];
    });
    return found ?? literalText(value);
  }

  #unknown(path: ValuePath): unknown {
    const { configuration, unknown, scopes } = this.#context;
    const instance = this.#instance;
    const [argument = ""] = path;
    const isBlock = hasPositions(instance.type, String(argument));
    const isWritten = configuration.isWritten(instance, String(argument));
    const expression = configuration.expression(instance, path, instance.values);
    const isLeftOut = expression === undefined && (isWritten || (path.length === 1 && !isBlock));
    // The provider computes it.
    if (isLeftOut && configuration.exists) return undefined;
    const position = this.#position(path, expression?.references ?? []);
    if (position) return symbol(unknown.find(instance, path, position.type), position.attribute);
    const template = scopes.template(instance.steps, expression);
    if (template !== undefined) return template;
    // Drawn for the run.
    if (/^secret_string(_wo)?$/.test(String(argument))) return undefined;
    throw this.#notKnown(path, expression?.references ?? []);
  }

  /** The type that an argument refers to. If it can be one of several, its expression decides. */
  #position(path: ValuePath, references: readonly string[]) {
    const [first, ...others] = positionsOf(this.#instance.type, path);
    if (others.length === 0) return first;
    const { instances } = this.#context.references.of(this.#instance, references);
    return others.find((each) => instances.some(({ type }) => type === each.type)) ?? first;
  }

  #notKnown(path: ValuePath, references: readonly string[]): HarnessError {
    const { address } = this.#instance;
    const { instances, opaque } = this.#context.references.of(this.#instance, references);
    const needed = instances.filter(({ unknown }) => hasUnknown(unknown));
    const hidden = this.#context.references.behind(opaque).filter((each) => !needed.includes(each));
    const names = [...needed.map((each) => each.address), ...opaque];
    const on = names.length > 0 ? `: it depends on ${names.join(", ")}` : "";
    const targets = [...needed, ...hidden].map((each) => `-target='${each.address}'`).join(" ");
    const first =
      targets === ""
        ? "Apply its dependencies first, then plan again"
        : `Apply these first (terraform apply ${targets}), then plan again`;
    const message = `${address}.${namesOf(path)} is not known before apply${on}. ${first}, or use a state (terraform show -json)`;
    return new HarnessError("ERR_UNSUPPORTED", message);
  }
}
