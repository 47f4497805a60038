export type Fields = Readonly<Record<string, unknown>>;

/** Whether a value has fields; a list has them by index. */
export const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null;

export const fieldsOf = (value: unknown): Fields =>
  value instanceof Map ? Object.fromEntries(value) : isFields(value) ? value : {};

/** The objects of a list. Terraform writes a list of one as an object too. */
export const listOf = (value: unknown): Fields[] => [value].flat().filter(isFields);

/** Own fields alone, because every object of JavaScript has a `constructor`. */
export const at = (value: unknown, path: string): unknown =>
  path.split(".").reduce((inner, key) => new Map(Object.entries(fieldsOf(inner))).get(key), value);

export const mapped = (fields: Fields, change: (value: unknown, key: string) => unknown): Fields =>
  Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, change(value, key)]));

/** A text in JSON; with a colon it is the name of a field. */
const TEXT = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?/gs;

/**
 * Reads JSON in which each field is written once. Of two, `JSON.parse` takes the last one, and Go may merge both.
 * @throws SyntaxError
 */
export function readJson(text: string): unknown {
  let read = 0;
  const value: unknown = JSON.parse(text, (key, inner: unknown) => {
    // A copy of an object would drop it unseen.
    if (key === "__proto__") throw new SyntaxError("the field __proto__ cannot be checked");
    if (isFields(inner) && !Array.isArray(inner)) read += Object.keys(inner).length;
    return inner;
  });
  const written = [...text.matchAll(TEXT)].filter(([, colon]) => colon !== undefined);
  if (written.length !== read) throw new SyntaxError("a field is written twice");
  return value;
}

/** An argument that differs. Only its path is printed, because values may be secrets. */
export interface Difference {
  /** For example `target.0.ecs_parameters.0.task_definition_arn`. */
  readonly path: string;
  /** Whether the new value is known before apply. */
  readonly isKnown: boolean;
  readonly before: unknown;
  readonly after: unknown;
}

/**
 * What differs. For the provider, an empty argument is the same as a missing one.
 * @param unknown `after_unknown` of the plan: true for values that are known only after apply
 */
export function differences(
  before: unknown,
  after: unknown,
  unknown?: unknown,
  path = "",
): Difference[] {
  const isKnown = unknown !== true;
  if (!isKnown || ![before, after].every((value) => (value ?? "") === "" || isFields(value))) {
    return isKnown && before === after ? [] : [{ path, isKnown, before, after }];
  }
  const all = [before, after, unknown].map(fieldsOf);
  const keys = new Set(all.flatMap((each) => Object.keys(each)));
  return [...keys].flatMap((key) => {
    const [was, becomes, later] = all.map((each) => each[key]);
    return differences(was, becomes, later, path === "" ? key : `${path}.${key}`);
  });
}

/** One form for what Terraform writes in several: a block is an object or a list of one, a set has any order. */
export function normal(value: unknown): unknown {
  if (!Array.isArray(value)) return isFields(value) ? mapped(value, normal) : value;
  const items = value.map(normal);
  if (items.length === 1 && isFields(items[0])) return items[0];
  return items.every((item) => typeof item === "string") ? items.toSorted() : items;
}

/** Lists that ECS returns empty where a definition does not have them. */
const EMPTY =
  /^(?:devices|environment|environmentFiles|mountPoints|portMappings|secretOptions|secrets|systemControls|tmpfs|volumesFrom)=\[\]$/;

function byName(value: unknown): unknown {
  if (!isFields(value)) return value;
  if (!Array.isArray(value)) {
    const own = Object.entries(value).filter(
      ([key, item]) => !EMPTY.test(`${key}=${JSON.stringify(item)}`),
    );
    return mapped(Object.fromEntries(own), byName);
  }
  const items = value.map(byName);
  const named = new Map(items.map((item) => [String(fieldsOf(item)["name"]), item]));
  const isNamed = named.size === items.length && !named.has("undefined");
  return isNamed ? named : items;
}

/**
 * The state of a resource. If it has containers, these are read from their text, with their variables and secrets by
 * name, so that their order does not matter, and paths have names.
 *
 * @param resolve replaces references, before names are read
 */
export function withContainers(state: unknown, resolve = (own: unknown) => own): Fields {
  const { container_definitions: text, ...own } = fieldsOf(state);
  let containers = text;
  try {
    const list = readJson(text as string);
    if (Array.isArray(list)) containers = byName(resolve(list));
  } catch {
    // Such text differs from every list of containers.
  }
  return { ...fieldsOf(resolve(own)), container_definitions: containers };
}
