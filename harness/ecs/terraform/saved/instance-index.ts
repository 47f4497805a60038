import { type ModuleStep, pathOf } from "../expression/address.ts";
import { type Instance } from "./instances.ts";

/** Finds instances without a search through all of them: a large plan has thousands. */
export class InstanceIndex {
  readonly #byAddress = new Map<string, Instance>();
  readonly #byResource = new Map<string, Instance[]>();
  readonly #byType = new Map<string, Instance[]>();
  readonly #byTypeIn = new Map<string, Instance[]>();
  readonly #byModule = new Map<string, Instance[]>();
  /** The paths of the instances of a module call, by the path of its caller and its name. */
  readonly #modules = new Map<string, Map<string, readonly ModuleStep[]>>();

  constructor(all: readonly Instance[]) {
    for (const each of all) {
      const { address, mode, type, name, steps } = each;
      const path = pathOf(steps);
      this.#byAddress.set(address, each);
      this.#addModules(steps);
      add(this.#byModule, path, each);
      const data = mode === "data" ? "data." : "";
      add(this.#byResource, `${path}${data}${type}.${name}`, each);
      if (mode !== "managed") continue;
      add(this.#byType, type, each);
      add(this.#byTypeIn, `${path} ${type}`, each);
    }
  }

  at(address: string): Instance | undefined {
    return this.#byAddress.get(address);
  }

  /** The instances of a resource, `aws_lb.main`, or of a data source. @param path of its module instance */
  ofResource(path: string, resource: string): readonly Instance[] {
    return this.#byResource.get(`${path}${resource}`) ?? [];
  }

  /** The managed instances of a type. */
  ofType(type: string): readonly Instance[] {
    return this.#byType.get(type) ?? [];
  }

  /** The managed instances of a type in a module instance. */
  ofTypeIn(path: string, type: string): readonly Instance[] {
    return this.#byTypeIn.get(`${path} ${type}`) ?? [];
  }

  /** The instances of a module instance. */
  inModule(path: string): readonly Instance[] {
    return this.#byModule.get(path) ?? [];
  }

  /** The instances of the module call that the last step names, by their path. */
  ofCall(steps: readonly ModuleStep[]): ReadonlyMap<string, readonly ModuleStep[]> {
    return this.#modules.get(callOf(steps)) ?? new Map();
  }

  #addModules(steps: readonly ModuleStep[]): void {
    for (let length = steps.length; length > 0; length -= 1) {
      const inside = steps.slice(0, length);
      const call = callOf(inside);
      const known = this.#modules.get(call) ?? new Map<string, readonly ModuleStep[]>();
      const path = pathOf(inside);
      // Its callers are known too.
      if (known.has(path)) return;
      this.#modules.set(call, known.set(path, inside));
    }
  }
}

const callOf = (steps: readonly ModuleStep[]): string =>
  `${pathOf(steps.slice(0, -1))}${steps.at(-1)?.name ?? ""}`;

function add(index: Map<string, Instance[]>, key: string, instance: Instance): void {
  const found = index.get(key);
  if (found) found.push(instance);
  else index.set(key, [instance]);
}
