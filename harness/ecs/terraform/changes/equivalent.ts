import { isDeepStrictEqual } from "node:util";

type Fields = Readonly<Record<string, unknown>>;

/** Defaults that the API fills in, by the name of the parent field. */
const FILLED: ReadonlyMap<string, Fields> = new Map<string, Fields>([
  ["containers", { essential: true, cpu: 0 }],
  ["portMappings", { hostPort: 0, protocol: "tcp" }],
  ["healthCheck", { interval: 30, timeout: 5, retries: 3 }],
]);

/**
 * Whether two values of an argument are equal for the provider. It compares container definitions by meaning:
 * the order of containers, variables and secrets does not matter.
 * https://github.com/hashicorp/terraform-provider-aws, internal/service/ecs/task_definition_equivalency.go
 */
export function isEquivalent(
  type: string,
  argument: string,
  before: unknown,
  after: unknown,
): boolean {
  if (isDeepStrictEqual(before, after)) return true;
  if (type !== "aws_ecs_task_definition" || argument !== "container_definitions") return false;
  if (typeof before !== "string" || typeof after !== "string") return false;
  return isDeepStrictEqual(meaning(before), meaning(after));
}

/** @param definitions valid JSON */
const meaning = (definitions: string): unknown => reduced("containers", JSON.parse(definitions));

/** @param field the field of the value, or of the list with the value */
function reduced(field: string, value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => reduced(field, item));
    return /^(?:containers|environment|secrets)$/.test(field) ? items.toSorted(byName) : items;
  }
  if (typeof value !== "object" || value === null) return value;
  const filled = FILLED.get(field) ?? {};
  const own = Object.entries(value)
    .filter(([key, item]) => !isLeftOut(item) && item !== filled[key])
    .map(([key, item]) => [key, reduced(key, item)] as const);
  return Object.fromEntries(own);
}

/** For the API an empty list is the same as none. */
const isLeftOut = (value: unknown): boolean =>
  value === null || (Array.isArray(value) && value.length === 0);

const nameOf = (item: unknown): string =>
  typeof item === "object" && item !== null ? String(Reflect.get(item, "name")) : "";

const byName = (one: unknown, other: unknown): number => {
  const [first, second] = [nameOf(one), nameOf(other)];
  return first < second ? -1 : Number(first > second);
};
