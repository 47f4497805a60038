import { max } from "d3-array";
import { now } from "../../ecs/index.ts";
import { isServed } from "../../plays/stage/load.ts";
import { html, type Html } from "../html.ts";
import { duration } from "../words.ts";
import type { Side } from "./side.ts";
import { endedSince } from "./users-now.ts";

/** Milliseconds over which the slowest answer is measured. */
const LATELY = 10_000;

/** The counts since users arrived, with a column per setup. */
export function comparison(sides: readonly Side[]): Html {
  const columns = sides.map(figuresOf);
  const names = Object.keys(columns[0] ?? {});
  return html`<table>
    <thead>
      <tr>
        <th scope="col">measured</th>
        ${sides.map(({ title }) => html`<th scope="col">${title}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${names.map(
        (name) =>
          html`<tr>
            <th scope="row">${name}</th>
            ${columns.map((figures) => html`<td>${figures[name]}</td>`)}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function figuresOf({ totals, stage }: Side): Record<string, string> {
  const { served, failed, redisStarts, appStarts } = totals;
  const lately = endedSince(stage?.requests ?? [], now() - LATELY).filter(isServed);
  const slowest = max(lately, ({ sentAt, endedAt }) => endedAt - sentAt);
  return {
    "requests served": String(served),
    "requests failed": String(failed),
    "Redis starts": String(redisStarts),
    "app starts": String(appStarts),
    "slowest request served, last 10 s": duration(slowest),
  };
}
