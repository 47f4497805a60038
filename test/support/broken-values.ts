import { inspect } from "node:util";
import * as fc from "fast-check";

type Place = readonly string[];

/** Every path in a value, including objects and lists. */
function placesIn(value: unknown, here: Place = []): Place[] {
  if (typeof value !== "object" || value === null) return [here];
  const inner = Object.entries(value).flatMap(([key, each]) => placesIn(each, [...here, key]));
  return here.length === 0 ? inner : [here, ...inner];
}

/** A copy with another value at a path. Undefined removes it. */
function replaced(target: unknown, [key, ...rest]: Place, value: unknown): unknown {
  if (key === undefined) return value;
  const copy: object = Array.isArray(target) ? [...target] : { ...Object(target) };
  const next = replaced(Reflect.get(Object(target), key), rest, value);
  if (next === undefined) Reflect.deleteProperty(copy, key);
  else Reflect.set(copy, key, next);
  return copy;
}

/** A change: a path and its new value. */
interface Change {
  readonly place: Place;
  readonly value: unknown;
}

/** A value with changes. Its inspection shows only the changes. */
export class Broken {
  readonly value: unknown;
  readonly #changes: readonly Change[];
  readonly #whole: unknown;

  constructor(whole: unknown, changes: readonly Change[]) {
    this.value = changes.reduce((next, { place, value }) => replaced(next, place, value), whole);
    this.#changes = changes;
    this.#whole = whole;
  }

  [inspect.custom](): object {
    const whole = inspect(this.#whole, { depth: 1, breakLength: Infinity }).slice(0, 200);
    const changes = this.#changes.map(({ place, value }) => ({ place: place.join("."), value }));
    return { changes, whole };
  }
}

/**
 * Values with a few changes: to any value, to a similar value, or to the value of another path.
 *
 * @param whole the original values
 * @param anything values for a path
 */
export function broken(
  whole: fc.Arbitrary<unknown>,
  anything: fc.Arbitrary<unknown>,
  maxChanges = 3,
): fc.Arbitrary<Broken> {
  return whole.chain((value) => {
    const places = fc.constantFrom(...placesIn(value));
    const moved = places.map((place) => valueAt(value, place));
    const change = places.chain((place) => {
      const near = fc.constantFrom(...nearTo(valueAt(value, place)));
      return fc.record({ place: fc.constant(place), value: fc.oneof(anything, moved, near, near) });
    });
    const changes = fc.array(change, { minLength: 1, maxLength: maxChanges });
    return changes.map((list) => new Broken(value, list));
  });
}

function valueAt(value: unknown, place: Place): unknown {
  return place.reduce<unknown>((inner, key) => Reflect.get(Object(inner), key), value);
}

/** Similar values. */
function nearTo(value: unknown): readonly unknown[] {
  if (typeof value === "number") return [value + 1, value - 1, value * 1_000, -value, value / 2, 0];
  if (typeof value === "boolean") return [!value];
  if (typeof value === "string") {
    return [
      `${value}x`,
      value.slice(0, -1),
      value.toUpperCase(),
      `${value}\n`,
      ` ${value}`,
      [value],
    ];
  }
  if (Array.isArray(value)) return [[], [...value, ...value], value.slice(1), value[0]];
  return [undefined, {}, [value]];
}
