export type Fields = Readonly<Record<string, unknown>>;

/** Whether a value has fields; a list has them by index. */
export const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null;

export const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});

/** The objects of a list. Terraform writes a list of one as an object too. */
export const listOf = (value: unknown): Fields[] => [value].flat().filter(isFields);

export const at = (value: unknown, path: string): unknown =>
  path.split(".").reduce((inner, key) => fieldsOf(inner)[key], value);

export const mapped = (fields: Fields, change: (value: unknown) => unknown): Fields =>
  Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, change(value)]));

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

/** @param unknown `after_unknown` of the plan: true for values that are known only after apply */
export function differences(
  before: unknown,
  after: unknown,
  unknown?: unknown,
  path = "",
): Difference[] {
  const isKnown = unknown !== true;
  const values = [before, after];
  if (isKnown && values.every(isNothing) && !holdsTrue(unknown)) return [];
  if (!isKnown || !values.every((value) => isNothing(value) || isFields(value))) {
    return isKnown && before === after ? [] : [{ path, isKnown, before, after }];
  }
  const keys = [...values, unknown].flatMap((value) => Object.keys(fieldsOf(value)));
  return [...new Set(keys)].flatMap((key) => {
    const [was, becomes, later] = [...values, unknown].map((value) => fieldsOf(value)[key]);
    return differences(was, becomes, later, path === "" ? key : `${path}.${key}`);
  });
}

/** For the provider, an empty argument is the same as a missing one. */
const isNothing = (value: unknown): boolean =>
  isFields(value) ? Object.values(value).every(isNothing) : (value ?? "") === "";

const holdsTrue = (value: unknown): boolean =>
  value === true || Object.values(fieldsOf(value)).some(holdsTrue);

/** One form for what Terraform writes in several: a block is an object or a list of one, a set has any order. */
export function normal(value: unknown): unknown {
  if (!Array.isArray(value)) return isFields(value) ? mapped(value, normal) : value;
  const items = value.map(normal);
  if (items.length === 1 && isFields(items[0])) return items[0];
  return items.every((item) => typeof item === "string") ? items.toSorted() : items;
}

/** Lists that ECS returns empty where a definition does not have them. */
const EMPTY =
  /^(?:devices|environment|environmentFiles|mountPoints|portMappings|secretOptions|secrets|systemControls|tmpfs|volumesFrom)$/;

/** Marks what was a list, so that it does not equal an object. */
const LIST = Symbol("list");

function byName(value: unknown): unknown {
  if (!Array.isArray(value)) {
    const own = Object.entries(fieldsOf(value)).filter(
      ([key, item]) => !(EMPTY.test(key) && Array.isArray(item) && item.length === 0),
    );
    return isFields(value) ? mapped(Object.fromEntries(own), byName) : value;
  }
  const items = value.map(byName);
  const names = new Set(items.map((item) => fieldsOf(item)["name"]));
  if (names.size < items.length || names.has(undefined)) return items;
  return {
    ...Object.fromEntries(items.map((item) => [fieldsOf(item)["name"], item])),
    [LIST]: true,
  };
}

/**
 * The containers of a definition, their variables and secrets by name, so that their order does not matter, and paths
 * have names. Other text stays.
 *
 * @param resolve replaces references, before names are read
 */
export function containersIn(text: unknown, resolve = (json: unknown) => json): unknown {
  try {
    const containers = readJson(String(text));
    return Array.isArray(containers) ? byName(resolve(containers)) : text;
  } catch {
    return text;
  }
}

/** The state of a resource, with {@link containersIn} if it has containers. */
export function withContainers(state: unknown): unknown {
  const { container_definitions: text } = fieldsOf(state);
  return text === undefined
    ? state
    : { ...fieldsOf(state), container_definitions: containersIn(text) };
}
