import { html, type Html } from "../html.ts";
import { totalsOf } from "../timeline/traffic.ts";
import { duration } from "../words.ts";
import type { Side } from "./sides.ts";

/** The figures by step, with a column per recording. The figures of the whole play come first. */
export function figuresTable(sides: readonly Side[]): Html {
  const columns = sides.map(cellsOf);
  const body = stepsOf(columns).map(
    (step) =>
      html`<tbody>
        <tr>
          <th class="step" scope="rowgroup" colspan="${sides.length + 1}">${step}</th>
        </tr>
        ${namesIn(columns, step).map(
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

/** The distinct steps of all recordings. A step of only some recordings comes before the next common step. */
function stepsOf(columns: readonly (readonly Cell[])[]): string[] {
  const merged: string[] = [];
  for (const column of columns) {
    const own = [...new Set(column.map(({ step }) => step))];
    for (const [index, step] of own.entries()) {
      if (merged.includes(step)) continue;
      const next = own.slice(index + 1).find((later) => merged.includes(later));
      merged.splice(next === undefined ? merged.length : merged.indexOf(next), 0, step);
    }
  }
  return merged;
}

/** The distinct figures of a step. */
const namesIn = (columns: readonly (readonly Cell[])[], step: string): string[] => [
  ...new Set(columns.flat().flatMap((cell) => (cell.step === step ? [cell.name] : []))),
];

const valueIn = (cells: readonly Cell[], step: string, name: string): string =>
  cells.findLast((cell) => cell.step === step && cell.name === name)?.value ?? "–";

/** Figures of the whole play come before those of its steps. */
function cellsOf({ recording }: Side): Cell[] {
  const { requests, startedAt, endedAt } = recording;
  const { served, failed, median, p99, longestGap } = totalsOf(requests, endedAt);
  const whole = {
    "failed requests": `${failed} of ${served + failed}`,
    "longest time without a served user": duration(longestGap),
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

/** A value may have several lines. */
const linesOf = (value: string): Html[] =>
  value.split("\n").map((each) => html`<div>${each}</div>`);
