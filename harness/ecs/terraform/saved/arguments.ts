import { z } from "zod";
import { HarnessError, inWords, type Message } from "../../base/errors.ts";
import { isOpaque, presence } from "../types/fields.ts";
import { UnknownArgument } from "../configuration/problems.ts";
import { symbol } from "../expression/symbol.ts";
import { argumentOf, type ModelledType, rowOf } from "../types/index.ts";
import { entryOf } from "../types/resource-type.ts";
import { child, type Configuration } from "./configuration/configuration.ts";
import { isRecord } from "../expression/values.ts";
import type { Instance } from "./instances.ts";
import type { KnownNames } from "./known-names.ts";
import { literalText, withoutUnset } from "./configuration/literals.ts";
import {
  hasNoEffect,
  hasReferences,
  isComputed,
  namesOf,
  type Position,
  positionsOf,
  type ValuePath,
} from "./nested-schema.ts";
import type { Note } from "./note.ts";
import type { Reached, References } from "./configuration/references.ts";
import type { JsonTemplates } from "./configuration/json-templates.ts";
import type { UnknownDefinitions } from "./definitions/unknown-definitions.ts";
import type { UnknownReferences } from "./configuration/unknown-references.ts";
import { withoutUnmodelled } from "./unmodelled.ts";

const GIVE_FILES: Message = (words) =>
  `Or give the folder of the plan's .tf files ${words({ option: "configuration" })}: a plan does not have the text of these definitions`;

/** The parts of a saved plan that its resources are read with. */
export interface Context {
  readonly configuration: Configuration;
  readonly references: References;
  readonly names: KnownNames;
  readonly unknown: UnknownReferences;
  readonly templates: JsonTemplates;
  /** What has the text of unknown definitions, or why it cannot be read; undefined without files. */
  readonly definitions: UnknownDefinitions | string | undefined;
  /** Notes for the user, which reading adds to. */
  readonly notes: Note[];
}

/**
 * The arguments of a resource as in a template: values as literals, references as placeholders.
 * @throws HarnessError for an argument whose value is not known before apply, or was left out
 */
export function argumentsOf(
  instance: Modelled,
  context: Context,
): Readonly<Record<string, unknown>> {
  const { type, values, unknown, sensitive } = instance;
  const names = new Set([...Object.keys(values), ...keysOf(unknown), ...keysOf(sensitive)]);
  const reader = new ArgumentReader(instance, context);
  const read = [...names].flatMap((name) => {
    const markers = child(unknown, name);
    const schema = argumentOf(type, name);
    if (schema === presence && markers === true) return [[name, UNKNOWN] as const];
    if (schema === undefined || isOpaque(schema))
      return markers === true ? [] : [[name, reader.literal(values[name])] as const];
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

/** The value of an argument that is given, and not known before apply. */
const UNKNOWN = "(known after apply)";

const keysOf = (value: unknown): string[] =>
  typeof value === "object" && value !== null ? Object.keys(value) : [];

const isOptional = (type: ModelledType, argument: string): boolean => {
  const schema = argumentOf(type, argument);
  return schema instanceof z.ZodType && schema.safeParse(undefined).success;
};

/** An instance of a modelled type. */
type Modelled = Instance & { readonly type: ModelledType };

/** A value that is not known before apply. */
interface UnknownValue {
  readonly path: ValuePath;
  /** The first step of the path. */
  readonly argument: string;
  readonly expression: ReturnType<Configuration["expression"]>;
  readonly references: readonly string[];
  readonly reached: Reached;
}

/** A rule does not apply. */
const NEXT = Symbol("next");

/** Tasks have the credentials of a role whose ARN is not known. */
const roleIn = ({ unknown }: Reached): string =>
  symbol(
    unknown.find(({ type }) => type === "aws_iam_role")?.address ?? "aws_iam_role.task",
    "arn",
  );

class ArgumentReader {
  readonly #instance: Modelled;
  readonly #context: Context;

  constructor(instance: Modelled, context: Context) {
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
    // The value of a secret is made for the run.
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

  /** A value that is not known before apply, from the first rule that has one. */
  #unknown(path: ValuePath): unknown {
    const argument = String(path[0] ?? "");
    const expression = this.#context.configuration.expression(
      this.#instance,
      path,
      this.#instance.values,
    );
    const references = expression?.references ?? [];
    const reached = this.#context.references.of(this.#instance, references);
    const it = { path, argument, expression, references, reached };
    for (const rule of this.#rules) {
      const value = rule(it);
      if (value !== NEXT) return value;
    }
    throw this.#notKnown(path, reached);
  }

  /** In order. Each gives a value, undefined to leave the argument out, or {@link NEXT} if it does not apply. */
  readonly #rules: readonly ((it: UnknownValue) => unknown)[] = [
    ({ path }) => (hasNoEffect(this.#instance.type, path) ? undefined : NEXT),
    (it) => (this.#isNotWritten(it) ? undefined : NEXT),
    ({ path, references }) => {
      const position = this.#position(path, references);
      return position === undefined ? NEXT : this.#referred(path, position);
    },
    ({ expression }) => this.#context.templates.text(this.#instance.steps, expression) ?? NEXT,
    ({ path, reached }) => (this.#isComputed(path, reached) ? undefined : NEXT),
    ({ path }) => (this.#isDispensable(path) ? undefined : NEXT),
    // The value of a secret is made for the run.
    ({ argument }) => (/^secret_string(_wo)?$/.test(argument) ? undefined : NEXT),
    ({ argument, reached }) => (argument === "task_role_arn" ? roleIn(reached) : NEXT),
    ({ path, reached }) =>
      namesOf(path) === "container_definitions" ? this.#definitions(path, reached) : NEXT,
  ];

  /** Whether the configuration leaves it out, so that the provider computes it. */
  #isNotWritten({ path, argument, expression }: UnknownValue): boolean {
    const { configuration } = this.#context;
    if (expression !== undefined || !configuration.exists) return false;
    const isBlock = hasReferences(this.#instance.type, argument);
    const isWritten = configuration.isWritten(this.#instance, argument);
    return isWritten || (path.length === 1 && !isBlock);
  }

  /** The type that an argument refers to. If it can be one of several, its expression decides. */
  #position(path: ValuePath, references: readonly string[]) {
    const [first, ...others] = positionsOf(this.#instance.type, path);
    if (others.length === 0) return first;
    const { instances } = this.#context.references.of(this.#instance, references);
    return others.find((each) => instances.some(({ type }) => type === each.type)) ?? first;
  }

  /** Container definitions from the files of the configuration. */
  #definitions(path: ValuePath, reached: Reached): string {
    const { definitions, notes } = this.#context;
    const { address } = this.#instance;
    if (definitions === undefined) throw this.#notKnown(path, reached, { otherwise: GIVE_FILES });
    if (typeof definitions === "string") throw this.#notKnown(path, reached, { why: definitions });
    try {
      const text = definitions.read(this.#instance);
      notes.push({
        address,
        text: `container_definitions is not known before apply; it is read from ${definitions.folder}`,
      });
      return literalText(text);
    } catch (error) {
      if (!(error instanceof HarnessError)) throw error;
      const why: Message = (words) => `in ${definitions.folder}: ${error.inWords(words)}`;
      throw this.#notKnown(path, reached, { why, settable: definitions.lookedUp });
    }
  }

  #referred(path: ValuePath, to: Position): string | undefined {
    try {
      return symbol(this.#context.unknown.find(this.#instance, path, to.type), to.attribute);
    } catch (error) {
      if (error instanceof HarnessError && this.#isDispensable(path)) return undefined;
      throw error;
    }
  }

  /** Whether an argument can be left out. Adds a note about it. */
  #isDispensable(path: ValuePath): boolean {
    const { type, address } = this.#instance;
    const result = entryOf(rowOf(type).ifUnknown, namesOf(path));
    if (result === undefined) return false;
    const text = `${namesOf(path)} is not known before apply, so ${result}`;
    this.#context.notes.push({ address, text });
    return true;
  }

  /** Whether a module passes null, so that the provider computes the value: nothing that it refers to is unknown. */
  #isComputed(path: ValuePath, { unknown, opaque }: Reached): boolean {
    const { type } = this.#instance;
    if (isComputed(type, path)) return true;
    const isRequired = path.length === 1 && !isOptional(type, String(path[0]));
    return (
      this.#context.configuration.exists && !isRequired && [...unknown, ...opaque].length === 0
    );
  }

  #notKnown(
    path: ValuePath,
    { unknown: needed, opaque }: Reached,
    {
      why = "",
      ...ways
    }: { why?: Message; otherwise?: Message; settable?: readonly string[] } = {},
  ): UnknownArgument {
    const { address } = this.#instance;
    const hidden = this.#context.references.behind(opaque).filter((each) => !needed.includes(each));
    const names = [...needed.map((each) => each.address), ...opaque];
    const on = names.length > 0 ? `: it depends on ${names.join(", ")}` : "";
    const targets = [...needed, ...hidden].map((each) => each.address);
    const what = `${address}.${namesOf(path)} is not known before apply${on}`;
    const message: Message = (words) => `${what}${why === "" ? "." : `; ${inWords(why, words)}`}`;
    return new UnknownArgument(message, { targets, ...ways });
  }
}
