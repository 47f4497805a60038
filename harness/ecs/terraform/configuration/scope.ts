import { HarnessError } from "../../base/errors.ts";
import { type Key, type ModuleStep, pathOf } from "../expression/address.ts";
import { existing, notDeclared, type Reference } from "../expression/evaluate.ts";
import type { Functions } from "../expression/functions.ts";
import { evaluateTemplate } from "../expression/index.ts";
import { SPLAT } from "../expression/syntax.ts";
import { asText, dig, isRecord, type Path } from "../expression/values.ts";
import { converted } from "../expression/variable-types.ts";
import {
  type Each,
  eachOfCount,
  eachOfItems,
  isRepeated,
  type Names,
  namesOf,
  together,
} from "./each.ts";
import { type ModuleCall, plainAddress } from "./content.ts";
import { dynamicBlocks, isDynamic } from "./dynamic-blocks.ts";
import { NamedValues } from "./named-values.ts";
import type { Body, Named, WrittenModule } from "./written-module.ts";

/** An instance of a resource, as expressions see it. */
export interface Instance {
  readonly key: Key;
  /** Its value at a path; without a path, the whole. */
  readonly read: (path: Path) => unknown;
}

/** What expressions can refer to, apart from what is written in their modules. */
export interface ScopeSettings {
  /** The instances of a resource or a data source: `aws_lb.main`, `data.aws_region.here`. */
  readonly instances: (scope: Scope, resource: string) => readonly Instance[];
  readonly functions: Functions;
  /** The values of the root's variables. */
  readonly variables: Named<unknown>;
}

/** Where a module instance was called. */
interface Caller {
  readonly scope: Scope;
  readonly call: ModuleCall | undefined;
  readonly names: Names;
}

/** A module instance: evaluates its variables, locals and outputs, and the references in its expressions. */
export class Scope {
  readonly steps: readonly ModuleStep[];
  /** The prefix of its addresses: `` for the root, `module.redis.` for a child. */
  readonly path: string;
  readonly #shared: ScopeSettings & { readonly values: NamedValues };
  readonly #module: WrittenModule | undefined;
  readonly #caller: Caller | undefined;
  readonly #children = new Map<string, Scope>();

  private constructor(
    shared: ScopeSettings & { readonly values: NamedValues },
    module: WrittenModule | undefined,
    steps: readonly ModuleStep[] = [],
    caller?: Caller,
  ) {
    this.#shared = shared;
    this.#module = module;
    this.steps = steps;
    this.path = pathOf(steps);
    this.#caller = caller;
  }

  /** The scope of a root module. */
  static of(root: WrittenModule, settings: ScopeSettings): Scope {
    return new Scope({ ...settings, values: new NamedValues() }, root);
  }

  /** @throws HarnessError if its files are not here */
  get module(): WrittenModule {
    if (this.#module) return this.#module;
    const message = `the files of ${this.path.slice(0, -1)} are not here: run terraform init`;
    throw new HarnessError("ERR_UNSUPPORTED", message);
  }

  /** The scope of a module instance below this one. */
  at([step, ...rest]: readonly ModuleStep[]): Scope {
    return step === undefined ? this : this.#child(step).at(rest);
  }

  /** The instances of the modules that this one calls. */
  children(): Scope[] {
    return [...this.module.calls].flatMap(([name, call]) =>
      this.instancesOf(`module.${name}`, call).map(({ key }) => this.#child({ name, index: key })),
    );
  }

  /** What its call and those above it depend on. */
  dependsOn(): readonly string[] {
    if (!this.#caller) return [];
    const { scope, call } = this.#caller;
    const own = call?.depends_on ?? [];
    return [...scope.dependsOn(), ...own.map((address) => `${scope.path}${address}`)];
  }

  /** The full addresses of what `depends_on` names. A variable stands for what the call gives to it. */
  addressesOf(name: string): readonly string[] {
    const [, variable] = /^var\.([\w-]+)$/.exec(name) ?? [];
    if (variable === undefined) return [`${this.path}${name}`];
    if (!this.#caller) return [];
    const { scope, call = {} } = this.#caller;
    const given: unknown[] = [Reflect.get(call, variable) ?? []].flat();
    return given.flatMap((each) =>
      typeof each === "string" ? scope.addressesOf(plainAddress(each)) : [],
    );
  }

  /** Evaluates a value with all the templates in it. */
  value(written: unknown, names: Names = {}): unknown {
    if (typeof written === "string") {
      const { functions } = this.#shared;
      return evaluateTemplate(written, (reference) => this.#lookup(reference, names), functions);
    }
    if (Array.isArray(written)) return written.map((item) => this.value(item, names));
    if (!isRecord(written)) return written;
    return Object.fromEntries(
      Object.entries(written).flatMap(([key, item]) =>
        key === "dynamic" && isDynamic(item)
          ? dynamicBlocks(item, names, (each, more) => this.value(each, more))
          : [[asText(this.value(key, names)), this.value(item, names)]],
      ),
    );
  }

  /** The value of a block's argument. @param name its address */
  argument(name: string, written: unknown, names: Names): unknown {
    return this.#shared.values.located(name, () => this.value(written, names));
  }

  /** The value of a variable, converted to its type. */
  variable(name: string): unknown {
    const here = `${this.path}var.${name}`;
    const variable = this.module.variables.get(name);
    if (!variable) throw notDeclared([here]);
    return this.#shared.values.once(here, () => {
      const given = this.#given(name);
      const isLeftOut = given === undefined || (given === null && variable.nullable === false);
      const chosen = isLeftOut ? this.value(variable.default) : given;
      if (chosen !== undefined) return converted(chosen, variable.type, here);
      const message = `${here} has no default, so it has no value locally`;
      throw new HarnessError("ERR_UNSUPPORTED", message);
    });
  }

  /**
   * The instances of a block: one, unless it has `count` or `for_each`.
   * @param name of a resource or a module call
   */
  instancesOf(name: string, body: Body): readonly Each[] {
    const { count, for_each: over } = body;
    const here = `${this.path}${name}`;
    const { values } = this.#shared;
    if (count !== undefined) {
      return values.located(`${here}.count`, () => eachOfCount(this.value(count)));
    }
    if (over === undefined) return [{ key: undefined }];
    return values.located(`${here}.for_each`, () => eachOfItems(this.value(over)));
  }

  /** What an instance of a block gets. @param key its key in a plan */
  eachOf(name: string, body: Body, key: Key): Each {
    if (typeof key !== "string" || body["for_each"] === undefined) return { key };
    return this.instancesOf(name, body).find((each) => each.key === key) ?? { key };
  }

  #lookup(reference: Reference, names: Names): unknown {
    const [root = "", name = "", ...path] = reference;
    if (Object.hasOwn(names, root)) {
      return existing(dig(names[root], reference.slice(1)), reference);
    }
    switch (root) {
      case "var":
        return existing(dig(this.variable(String(name)), path), reference);
      case "local":
        return existing(dig(this.#local(String(name)), path), reference);
      case "module":
        return this.#output(reference);
      case "path":
        return existing(name === "module" ? this.module.folder : this.#root.folder, reference);
      case "terraform":
        return "default";
      default:
        return this.#resource(reference);
    }
  }

  get #root(): WrittenModule {
    return this.#caller ? this.#caller.scope.#root : this.module;
  }

  #local(name: string): unknown {
    const { locals } = this.module;
    if (!locals.has(name)) throw notDeclared(["local", name]);
    return this.#shared.values.once(`${this.path}local.${name}`, () =>
      this.value(locals.get(name)),
    );
  }

  #given(name: string): unknown {
    if (!this.#caller) return this.#shared.variables.get(name);
    const { scope, call = {}, names } = this.#caller;
    return Object.hasOwn(call, name) ? scope.value(Reflect.get(call, name), names) : undefined;
  }

  /** An output of a module call: of all its instances if there are several. */
  #output(reference: Reference): unknown {
    const name = String(reference[1]);
    const call = this.module.calls.get(name);
    if (!call) throw notDeclared(reference);
    const all = this.#shared.values.once(`${this.path}module.${name}`, () => {
      const outputs = this.instancesOf(`module.${name}`, call).map(
        ({ key }) => [key, this.#child({ name, index: key }).#outputs()] as const,
      );
      return together(outputs, call);
    });
    return existing(dig(all, reference.slice(2)), reference);
  }

  #child(step: ModuleStep): Scope {
    const path = pathOf([step]);
    const present = this.#children.get(path);
    if (present) return present;
    const call = this.#module?.calls.get(step.name);
    const names = namesOf(this.eachOf(`module.${step.name}`, call ?? {}, step.index));
    const module = this.#module?.modules.get(step.name);
    const caller = { scope: this, call, names };
    const child = new Scope(this.#shared, module, [...this.steps, step], caller);
    this.#children.set(path, child);
    return child;
  }

  /** The outputs, each evaluated when it is used. */
  #outputs(): object {
    const outputs = {};
    for (const [name, { value }] of this.module.outputs) {
      const get = (): unknown =>
        this.#shared.values.once(`${this.path}output.${name}`, () => this.value(value));
      Object.defineProperty(outputs, name, { enumerable: true, get });
    }
    return outputs;
  }

  /** A resource or a data source: all its instances if there are several. */
  #resource(reference: Reference): unknown {
    const depth = reference[0] === "data" || reference[0] === "ephemeral" ? 3 : 2;
    const resource = reference.slice(0, depth).join(".");
    const [index, ...path] = reference.slice(depth);
    const all = this.#shared.instances(this, resource);
    const [first] = all;
    const body = this.#module?.resources.get(resource);
    if (!first && (!body || !isRepeated(body))) throw notDeclared(reference);
    if (first && first.key === undefined) {
      if (index === SPLAT) return [existing(first.read(path), reference)];
      return existing(first.read(reference.slice(depth)), reference);
    }
    const one = all.find(({ key }) => String(key) === String(index));
    if (one) return existing(one.read(path), reference);
    const values = all.map(({ key, read }) => [key, read([])] as const);
    const found = dig(together(values, body), reference.slice(depth));
    if (found !== undefined) return found;
    const keys = all.map(({ key }) => key).join(", ") || "none";
    const message = `${reference.join(".")} is not declared; instances of ${this.path}${resource}: ${keys}`;
    throw new HarnessError("ERR_TEMPLATE", message);
  }
}
