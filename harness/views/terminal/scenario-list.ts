import { descriptionOf, scenarioNames } from "../../plays/scenarios/list.ts";
import { wrapped } from "./wrap.ts";

export function scenarioList(columns = Infinity): string {
  const width = Math.max(...scenarioNames.map(({ length }) => length)) + 2;
  return scenarioNames
    .map((name) => wrapped(name.padEnd(width) + descriptionOf(name), columns, width))
    .join("\n");
}
