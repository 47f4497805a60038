import { type Fields, isFields } from "./fields.ts";

/** Defaults that ECS fills in. */
const FILLED: Fields = { essential: true, hostPort: 0, protocol: "tcp" };

/**
 * Converts the containers of a task definition, their environment variables and secrets to objects by name, so that
 * their order does not matter. Text that is not JSON is returned unchanged.
 */
export function containersByName(definitions: unknown): unknown {
  if (typeof definitions !== "string") return definitions;
  try {
    return byName(JSON.parse(definitions));
  } catch {
    return definitions;
  }
}

/** The state of a resource, with {@link containersByName} if it has containers. */
export function withContainers(state: unknown): unknown {
  if (!isFields(state) || state["container_definitions"] === undefined) return state;
  return { ...state, container_definitions: containersByName(state["container_definitions"]) };
}

function byName(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(byName);
    const names = items.map((item) => (isFields(item) ? item["name"] : undefined));
    const isNamed = names.every((name) => typeof name === "string");
    if (!isNamed || new Set(names).size < names.length) return items;
    return Object.fromEntries(items.map((item, index) => [names[index], item]));
  }
  if (!isFields(value)) return value;
  const own = Object.entries(value).filter(([key, item]) => FILLED[key] !== item);
  return Object.fromEntries(own.map(([key, item]) => [key, byName(item)]));
}
