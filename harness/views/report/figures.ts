import { group } from "d3-array";
import type { Expectation, Recording } from "../../plays/stage/recording.ts";
import { html, type Html } from "../html.ts";
import { totalsOf } from "../timeline/traffic.ts";
import { duration } from "../words.ts";

/** What was measured, a column a recording, step by step; first the figures of the whole play. */
export function figuresTable(recordings: readonly Recording[]): Html {
  const columns = recordings.map(cellsOf);
  const steps = new Map<string, Set<string>>();
  for (const { step, name } of columns.flat()) {
    steps.set(step, (steps.get(step) ?? new Set()).add(name));
  }
  const body = [...steps].map(
    ([step, names]) =>
      html`<tbody>
        <tr>
          <th class="step" scope="rowgroup" colspan="${recordings.length + 1}">${step}</th>
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
        ${recordings.map(({ scenario }) => html`<th scope="col">${scenario}</th>`)}
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
function cellsOf(recording: Recording): Cell[] {
  const { served, failed, median, p99, longestGap } = totalsOf(recording.requests);
  const whole = {
    "requests served": String(served),
    "requests failed": String(failed),
    "longest time without a served request": duration(longestGap),
    "latency of served requests, median": duration(median),
    "latency of served requests, 99th percentile": duration(p99),
    time: duration(recording.endedAt - recording.startedAt),
  };
  const step = "the whole play";
  return [
    ...Object.entries(whole).map(([name, value]) => ({ step, name, value })),
    ...recording.figures,
  ];
}

/** Whether all expectations held, in a sentence. */
export function verdict({ expectations }: Recording): Html {
  const failures = expectations.filter(({ held }) => !held).length;
  const all = expectations.length;
  if (all === 0) return html`nothing was expected`;
  return failures === 0
    ? html`<strong class="held">✓ all ${all} expectations held</strong>`
    : html`<strong class="broken">✗ ${failures} of ${all} expectations did not hold</strong>`;
}

/** Every claim, step by step, and what was seen. */
export function expectationsList({ expectations }: Recording): Html {
  return html`${[...group(expectations, ({ step }) => step)].map(
    ([step, claims]) =>
      html`<h4>${step}</h4>
        <ul class="claims">
          ${claims.map(claimItem)}
        </ul>`,
  )}`;
}

function claimItem({ claim, held, seen }: Expectation): Html {
  const mark = held
    ? html`<b class="held" role="img" aria-label="held">✓</b>`
    : html`<b class="broken" role="img" aria-label="did not hold">✗</b>`;
  return html`<li>
    ${mark} <span>${claim} <small>seen: ${seen}</small></span>
  </li>`;
}

/** A value of several lines keeps its lines. */
const linesOf = (value: string): Html[] =>
  value.split("\n").map((each) => html`<div>${each}</div>`);
