import { FIGURES } from "../../plays/stage/measures.ts";
import type { RecordedImpact, RecordedStep, Recording } from "../../plays/stage/recording.ts";
import { failed as brokenOf } from "../../plays/stage/results.ts";
import { isServed } from "../../plays/stage/load.ts";
import { html, type Html } from "../html.ts";
import { capitalized, costWords, count } from "../words.ts";
import { type Event, isMeasured, type MeasuredStep, measuredSteps, type Side } from "./sides.ts";

/** The verdict in words and figures: first the comparison of two plays, then each play. */
export function verdict(sides: readonly Side[], events: readonly Event[]): Html {
  const isCompared = events.length > 0;
  return html`${isCompared && compared(events)} ${isCompared && lostWrites(sides)}
  ${sides.map((side) => alone(side, { isNamed: sides.length > 1, isCompared }))}`;
}

/** A row for each event: what it cost on both sides. */
function compared(events: readonly Event[]): Html {
  return html`<table class="costs">
      <thead>
        <tr>
          <th scope="col">event</th>
          ${events[0]?.sides.map(({ name }) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${events.map(
          ({ title, sides }) =>
            html`<tr>
              <th scope="row">${capitalized(title)}</th>
              ${costCells(sides[0].step, sides[1].step)}
            </tr>`,
        )}
      </tbody>
    </table>
    <p class="key">
      <small
        ><b class="better">▲</b> better and <b class="worse">▼</b> worse: by the number of requests
        that failed. The app is away from the first failure to the next success.</small
      >
    </p>`;
}

type Mark = "better" | "worse" | "same";

const SIGNS: Readonly<Record<Mark, string>> = { better: "▲", worse: "▼", same: "=" };

function costCells(one: RecordedStep, other: RecordedStep): Html {
  if (!isMeasured(one) || !isMeasured(other)) return html`${[one, other].map(costCell)}`;
  const [first, second] = marksOf(one.impact, other.impact);
  return html`${markedCell(one, first)} ${markedCell(other, second)}`;
}

const costCell = (step: RecordedStep): Html =>
  html`<td>${isMeasured(step) ? costWords(step.impact) : `not done: ${step.skipped}`}</td>`;

/** Both sides get the same rate of requests, so their failures are comparable. */
function marksOf(one: RecordedImpact, other: RecordedImpact): readonly [Mark, Mark] {
  const difference = one.failed - other.failed || (one.redisStarts ?? 0) - (other.redisStarts ?? 0);
  if (difference === 0) return ["same", "same"];
  return difference > 0 ? ["worse", "better"] : ["better", "worse"];
}

/** Failures do not have the colour of success, even if the other side has more. */
function markedCell({ impact }: MeasuredStep, mark: Mark): Html {
  const isGood = mark === "better" && impact.failed === 0;
  return html`<td class="${(isGood || mark === "worse") && mark}">
    <b class="${mark}" role="img" aria-label="${mark}">${SIGNS[mark]}</b> ${costWords(impact)}
  </td>`;
}

/** The side in a sentence: `before`, `after`, `in story`. */
const inSide = ({ name }: Side): string =>
  name === "before" || name === "after" ? name : `in ${name}`;

function lostWrites(sides: readonly Side[]): Html {
  const lost = sides.flatMap((side) => {
    const value = lostIn(side.recording);
    return value === undefined ? [] : [`${value} ${inSide(side)}`];
  });
  if (lost.length < sides.length) return html``;
  return html`<p>${capitalized(FIGURES.lost)}: ${lost.join(", ")}.</p>`;
}

const lostIn = ({ figures }: Recording): string | undefined =>
  figures.findLast(({ name }) => name === FIGURES.lost)?.value;

/** A single play: its expectations, if it has any, and its requests unless they are compared. */
function alone(
  { name, recording }: Side,
  { isNamed, isCompared }: { readonly isNamed: boolean; readonly isCompared: boolean },
): Html {
  const words = [
    ...(recording.expectations.length > 0 ? [expectations(recording)] : []),
    ...(isCompared ? [] : [requests(recording)]),
  ].map((each, index) => {
    const named = isNamed && index === 0 && html`<strong>${name}:</strong> `;
    return html`<p>${named}${each}</p>`;
  });
  const [first, ...others] = words;
  return html`${first}${brokenList(recording)}${others}${!isCompared && stepList(recording)}`;
}

/** The result of the expectations. A known flaw that was seen is not called a success. */
function expectations(recording: Recording): Html {
  const { expectations: all } = recording;
  const broken = brokenOf(recording).length;
  const flaws = all.filter(({ isFlaw }) => isFlaw);
  if (broken > 0) {
    return html`<b class="broken"
      >✗ ${broken} of ${count(all.length, "expectation")} did not hold.</b
    >`;
  }
  const others = all.length - flaws.length;
  if (flaws.length === 0) {
    const words = others === 1 ? "The expectation" : `All ${others} expectations`;
    return html`<b class="held">✓ ${words} held.</b>`;
  }
  const known = `its ${count(flaws.length, "known flaw")} ${flaws.length === 1 ? "was" : "were"} seen`;
  const rest = others === 1 ? "The other expectation" : `The ${others} other expectations`;
  return html`<b class="shown">! This setup fails as expected:</b> ${known}:
    ${flaws.map(({ claim }) => claim).join("; ")}. ${others > 0 && `${rest} held.`}`;
}

function brokenList(recording: Recording): Html {
  const broken = brokenOf(recording);
  if (broken.length === 0) return html``;
  return html`<ul>
    ${broken.map(({ step, claim, seen }) => html`<li>${step}: ${claim}. Seen: ${seen}</li>`)}
  </ul>`;
}

function requests(recording: Recording): Html {
  const { length: sent } = recording.requests;
  const failed = sent - recording.requests.filter(isServed).length;
  const lost = lostIn(recording);
  return html`${failed} of ${sent} requests failed in the whole play.
  ${lost !== undefined && `${capitalized(FIGURES.lost)}: ${lost}.`}`;
}

function stepList(recording: Recording): Html | false {
  const steps = measuredSteps(recording);
  return (
    steps.length > 0 &&
    html`<ul class="verdict">
      ${steps.map(
        ({ title, impact }) =>
          html`<li><strong>${capitalized(title)}:</strong> ${costWords(impact)}.</li>`,
      )}
    </ul>`
  );
}
