import { dig, type Path } from "../../expression/values.ts";
import { child } from "../configuration/configuration.ts";
import type { Instance } from "../instances.ts";
import type { Placeholders } from "./placeholders.ts";

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
