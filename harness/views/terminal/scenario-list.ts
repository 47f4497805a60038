import { listed, scenarioNames } from "../../plays/scenarios/list.ts";
import { wrapped } from "./wrap.ts";

export function scenarioList(columns = Infinity): string {
  const width = Math.max(...scenarioNames.map(({ length }) => length)) + 2;
  return scenarioNames
    .map(listed)
    .map(({ name, description }) => wrapped(name.padEnd(width) + description, columns, width))
    .join("\n");
}
