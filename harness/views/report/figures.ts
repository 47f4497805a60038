import { html, type Html } from "../html.ts";
import { totalsOf } from "../timeline/traffic.ts";
import { duration } from "../words.ts";
import type { Side } from "./sides.ts";

/** What was measured, a column a recording, step by step; first the figures of the whole play. */
export function figuresTable(sides: readonly Side[]): Html {
  const columns = sides.map(cellsOf);
  const steps = new Map<string, Set<string>>();
  for (const { step, name } of columns.flat()) {
    steps.set(step, (steps.get(step) ?? new Set()).add(name));
  }
  const body = [...steps].map(
    ([step, names]) =>
      html`<tbody>
        <tr>
          <th class="step" scope="rowgroup" colspan="${sides.length + 1}">${step}</th>
        </tr>
        ${[...names].map(
          (name) =>
            html`<tr>
              <th scope="row">${name}</th>
              ${columns.map((cells) => html`<td>${linesOf(valueIn(cells, step, name))}</td>`)}
            </tr>`,
        )}
      </tbody>`,
  );
  return html`<table class="figures">
    <thead>
      <tr>
        <th scope="col">measured</th>
        ${sides.map(({ name }) => html`<th scope="col">${name}</th>`)}
      </tr>
    </thead>
    ${body}
  </table>`;
}

interface Cell {
  readonly step: string;
  readonly name: string;
  readonly value: string;
}

const valueIn = (cells: readonly Cell[], step: string, name: string): string =>
  cells.findLast((cell) => cell.step === step && cell.name === name)?.value ?? "–";

/** Figures of the whole play come before those of its steps. */
function cellsOf({ recording }: Side): Cell[] {
  const { requests, startedAt, endedAt } = recording;
  const { served, failed, median, p99, longestGap } = totalsOf(requests, endedAt);
  const whole = {
    "requests that failed": `${failed} of ${served + failed}`,
    "longest time in which no user was served": duration(longestGap),
    "wait for the first success, median": duration(median),
    "wait for the first success, 99th percentile": duration(p99),
    time: duration(endedAt - startedAt),
  };
  const step = "the whole play";
  return [
    ...Object.entries(whole).map(([name, value]) => ({ step, name, value })),
    ...recording.figures,
  ];
}

/** A value of several lines keeps its lines. */
const linesOf = (value: string): Html[] =>
  value.split("\n").map((each) => html`<div>${each}</div>`);
