import { HarnessError } from "../../../base/errors.ts";
import { evaluateTemplate } from "../../expression/index.ts";
import { type Reference, existing, notDeclared } from "../../expression/evaluate.ts";
import type { Functions } from "../../expression/functions.ts";
import type { WrittenModule } from "../../configuration/written-module.ts";
import { asNumber, dig, entriesOf, isRecord } from "../../expression/values.ts";
import { withoutAlias } from "../../types/index.ts";
import { converted } from "../../expression/variable-types.ts";
import type { InstanceIndex } from "../instance-index.ts";
import { type ModuleStep, pathOf } from "../instances.ts";
import { valueOf } from "./instance-values.ts";
import type { Placeholders } from "./placeholders.ts";

/** What every scope of a plan shares. */
export interface Shared {
  readonly instances: InstanceIndex;
  readonly placeholders: Placeholders;
  readonly functions: Functions;
  readonly root: string;
  /** The values of the root's variables. */
  readonly variables: Readonly<Record<string, { readonly value?: unknown }>>;
}

/** `each` and `count` of a resource or of a module call. */
export interface Each {
  readonly key: string | number | undefined;
  readonly value?: unknown;
}

const NONE: Each = { key: undefined };

/** A value in the type of its variable. A type that is not modelled, such as a tuple, changes nothing. */
function inType(value: unknown, type: string | undefined, where: string): unknown {
  try {
    return converted(value, type, where);
  } catch (error) {
    if (error instanceof HarnessError && error.code === "ERR_UNSUPPORTED") return value;
    throw error;
  }
}

/** A module instance: evaluates its expressions with the values of a plan. */
export class SourceScope {
  readonly #shared: Shared;
  readonly #module: WrittenModule;
  readonly #steps: readonly ModuleStep[];
  /** The scope of its call, and the `each` of the call. */
  readonly #caller: { readonly scope: SourceScope; readonly each: Each } | undefined;
  readonly #known = new Map<string, unknown>();
  readonly #children = new Map<string, SourceScope>();
  readonly #pending = new Set<string>();
  /** What blocks are repeated for. */
  readonly #overs = new WeakMap<object, unknown>();

  constructor(
    shared: Shared,
    module: WrittenModule,
    steps: readonly ModuleStep[] = [],
    caller?: { readonly scope: SourceScope; readonly each: Each },
  ) {
    this.#shared = shared;
    this.#module = module;
    this.#steps = steps;
    this.#caller = caller;
  }

  /** An argument of a resource. @throws HarnessError that says what cannot be evaluated */
  argument(resource: string, index: string | number | undefined, name: string): unknown {
    const body = this.#module.resources.get(resource);
    if (!body || !Object.hasOwn(body, name)) throw notDeclared([resource, name]);
    return this.value(body[name], this.eachOf(body, index));
  }

  /** The scope of a module instance below this one. */
  below([step, ...rest]: readonly ModuleStep[]): SourceScope {
    return step === undefined ? this : this.#child(step).below(rest);
  }

  /** `each` and `count` of an instance of a block. */
  eachOf(body: Readonly<Record<string, unknown>>, key: string | number | undefined): Each {
    if (typeof key !== "string" || body["for_each"] === undefined) return { key };
    const over = this.#overs.get(body) ?? this.value(body["for_each"], NONE);
    this.#overs.set(body, over);
    return { key, value: Array.isArray(over) ? key : dig(over, [key]) };
  }

  /** Evaluates a value with all the templates in it. */
  value(written: unknown, each: Each): unknown {
    if (typeof written === "string") {
      const { functions } = this.#shared;
      return evaluateTemplate(written, (reference) => this.#lookup(reference, each), functions);
    }
    if (Array.isArray(written)) return written.map((item) => this.value(item, each));
    if (!isRecord(written)) return written;
    return Object.fromEntries(
      Object.entries(written).map(([key, item]) => [
        String(this.value(key, each)),
        this.value(item, each),
      ]),
    );
  }

  #lookup(reference: Reference, each: Each): unknown {
    const [root = "", name = "", ...path] = reference;
    switch (root) {
      case "var":
        return existing(dig(this.#variable(String(name)), path), reference);
      case "local":
        return existing(dig(this.#local(String(name)), path), reference);
      case "each":
        return existing(dig(name === "key" ? each.key : each.value, path), reference);
      case "count":
        return existing(each.key, reference);
      case "path":
        return name === "module" ? this.#module.folder : this.#shared.root;
      case "terraform":
        return "default";
      case "module":
        return existing(dig(this.#call(String(name)), path), reference);
      default:
        return this.#resource(reference);
    }
  }

  /** Keeps a value: others refer to it often. @throws HarnessError if it refers to itself */
  #once(name: string, make: () => unknown): unknown {
    if (this.#known.has(name)) return this.#known.get(name);
    if (this.#pending.has(name)) {
      throw new HarnessError("ERR_TEMPLATE", `${pathOf(this.#steps)}${name} refers to itself`);
    }
    this.#pending.add(name);
    try {
      const made = make();
      this.#known.set(name, made);
      return made;
    } finally {
      this.#pending.delete(name);
    }
  }

  #local(name: string): unknown {
    const { locals } = this.#module;
    if (!locals.has(name)) throw notDeclared(["local", name]);
    return this.#once(`local.${name}`, () => this.value(locals.get(name), NONE));
  }

  #variable(name: string): unknown {
    const body = this.#module.variables.get(name);
    if (!body) throw notDeclared(["var", name]);
    return this.#once(`var.${name}`, () => {
      const given = this.#given(name);
      const isLeftOut = given === undefined || (given === null && body.nullable === false);
      const chosen = isLeftOut ? this.value(body.default, NONE) : given;
      if (chosen !== undefined)
        return inType(chosen, body.type, `${pathOf(this.#steps)}var.${name}`);
      throw new HarnessError("ERR_TEMPLATE", `var.${name} has no value`);
    });
  }

  #given(name: string): unknown {
    if (!this.#caller) return this.#shared.variables[name]?.value;
    const { scope, each } = this.#caller;
    const body = scope.#module.calls.get(this.#steps.at(-1)?.name ?? "") ?? {};
    return Object.hasOwn(body, name) ? scope.value(Reflect.get(body, name), each) : undefined;
  }

  /** The outputs of a module call: of all its instances if there are several. */
  #call(name: string): unknown {
    const body = this.#module.calls.get(name);
    if (!body) throw notDeclared(["module", name]);
    return this.#once(`module.${name}`, () => {
      const outputs = (index: ModuleStep["index"]): object =>
        this.#child({ name, index }).#outputs();
      if (body["count"] !== undefined) {
        const length = asNumber(this.value(body["count"], NONE));
        return Array.from({ length }, (_, index) => outputs(index));
      }
      if (body["for_each"] === undefined) return outputs(undefined);
      const over = this.value(body["for_each"], NONE);
      const keys = Array.isArray(over)
        ? over.map(String)
        : entriesOf("for_each", over).map(([key]) => String(key));
      return Object.fromEntries(keys.map((key) => [key, outputs(key)]));
    });
  }

  #child(step: ModuleStep): SourceScope {
    const path = pathOf([...this.#steps, step]);
    const known = this.#children.get(path);
    if (known) return known;
    const { modules, calls } = this.#module;
    const [module, body] = [modules.get(step.name), calls.get(step.name)];
    if (!module || !body) {
      const message = `the files of ${path.replace(/\.$/, "")} are not here: run terraform init`;
      throw new HarnessError("ERR_UNSUPPORTED", message);
    }
    const caller = { scope: this, each: this.eachOf(body, step.index) };
    const child = new SourceScope(this.#shared, module, [...this.#steps, step], caller);
    this.#children.set(path, child);
    return child;
  }

  /** The outputs, each evaluated when it is used. */
  #outputs(): object {
    const outputs = {};
    for (const [name, body] of this.#module.outputs) {
      Object.defineProperty(outputs, name, {
        enumerable: true,
        get: () => this.#once(`output.${name}`, () => this.value(body.value, NONE)),
      });
    }
    return outputs;
  }

  /** A resource or a data source: its value in the plan, of all its instances if there are several. */
  #resource(reference: Reference): unknown {
    const depth = reference[0] === "data" ? 3 : 2;
    const resource = reference.slice(0, depth).join(".");
    const body = this.#module.resources.get(resource);
    if (!body) throw notDeclared(reference);
    const { instances, placeholders } = this.#shared;
    const all = instances.ofResource(pathOf(this.#steps), withoutAlias(resource));
    const rest = reference.slice(depth);
    const isMany = body["count"] !== undefined || body["for_each"] !== undefined;
    if (!isMany) {
      const [only] = all;
      if (!only) throw notDeclared(reference);
      return existing(valueOf(only, rest, placeholders), reference);
    }
    const [index, ...path] = rest;
    const one = all.find((each) => String(each.index) === String(index));
    if (one) return existing(valueOf(one, path, placeholders), reference);
    const entries = all.map((each) => [each.index, valueOf(each, [], placeholders)] as const);
    const values =
      body["count"] === undefined
        ? Object.fromEntries(entries.map(([key, value]) => [String(key), value]))
        : entries.map(([, value]) => value);
    return existing(dig(values, rest), reference);
  }
}
