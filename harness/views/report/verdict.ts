import { FIGURES } from "../../plays/stage/measures.ts";
import type { RecordedImpact, Recording } from "../../plays/stage/recording.ts";
import { failed as brokenOf } from "../../plays/stage/results.ts";
import { isServed } from "../../plays/stage/load.ts";
import { html, type Html } from "../html.ts";
import { capitalized, count, roughly } from "../words.ts";
import { type Event, type EventSide, measuredSteps, type Side } from "./sides.ts";

/** The verdict in words and figures: first the comparison of two plays, then each play. */
export function verdict(sides: readonly Side[], events: readonly Event[]): Html {
  const isCompared = events.length > 0;
  return html`${isCompared && compared(events)} ${isCompared && lostWrites(sides)}
  ${sides.map((side) => alone(side, { isNamed: sides.length > 1, isCompared }))}`;
}

function compared(events: readonly Event[]): Html {
  return html`<ul class="verdict compared">
      ${events.map((event) => html`<li>${eventSentence(event)}</li>`)}
    </ul>
    <p class="key">
      <small
        ><b class="better">▲</b> better and <b class="worse">▼</b> worse: by the number of requests
        that failed. The time is from the first failure to the next success.</small
      >
    </p>`;
}

function eventSentence({ title, sides: [one, other] }: Event): Html {
  const marks = marksOf(one.step.impact, other.step.impact);
  const { sent, failed } = one.step.impact;
  const { impact } = other.step;
  const first = `${failed} of ${sent} requests failed ${inSide(one)}`;
  const second = `${impact.failed} of ${impact.sent} ${inSide(other)}`;
  return html`<strong>${capitalized(title)}:</strong> ${part(first, one, marks[0])},
    ${part(second, other, marks[1])}. ${alsoFails(other)}`;
}

type Mark = "better" | "worse" | "same";

const SIGNS: Readonly<Record<Mark, string>> = { better: "▲", worse: "▼", same: "=" };

/** Both sides get the same rate of requests, so their failures are comparable. */
function marksOf(one: RecordedImpact, other: RecordedImpact): readonly [Mark, Mark] {
  const difference = one.failed - other.failed || (one.redisStarts ?? 0) - (other.redisStarts ?? 0);
  if (difference === 0) return ["same", "same"];
  return difference > 0 ? ["worse", "better"] : ["better", "worse"];
}

/** Failures do not have the colour of success, even if the other side has more. */
function part(words: string, { step }: EventSide, mark: Mark): Html {
  const { impact } = step;
  const isGood = mark === "better" && impact.failed === 0;
  return html`<b class="${(isGood || mark === "worse") && mark}"
      ><span class="${mark}" role="img" aria-label="${mark}">${SIGNS[mark]}</span> ${words}</b
    >${details(impact)}`;
}

/** ` (25 s, 4 Redis starts)` */
function details({ failed, away, redisStarts }: RecordedImpact): string {
  const parts = [
    ...(failed > 0 ? [roughly(away)] : []),
    ...(redisStarts === undefined ? [] : [count(redisStarts, "Redis start")]),
  ];
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}

/** Points out that the second side fails too, even if it is better. */
const alsoFails = ({ name, step }: EventSide): string =>
  step.impact.failed > 0 ? `Requests fail in “${name}” too, for ${roughly(step.impact.away)}.` : "";

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

/** A single play: its expectations, and its requests unless they are compared. */
function alone(
  { name, recording }: Side,
  { isNamed, isCompared }: { readonly isNamed: boolean; readonly isCompared: boolean },
): Html {
  return html`<p>${isNamed && html`<strong>${name}:</strong> `}${expectations(recording)}</p>
    ${brokenList(recording)} ${!isCompared && requests(recording)}`;
}

/** The result of the expectations. A known flaw that was seen is not called a success. */
function expectations(recording: Recording): Html {
  const { expectations: all } = recording;
  if (all.length === 0) return html`This play has no expectations.`;
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
  const steps = measuredSteps(recording);
  const lost = lostIn(recording);
  return html`<p>
      ${failed} of ${sent} requests failed in the whole play.
      ${lost !== undefined && `${capitalized(FIGURES.lost)}: ${lost}.`}
    </p>
    ${
      steps.length > 0 &&
      html`<ul class="verdict">
        ${steps.map(({ title, impact }) => {
          const words = `${impact.failed} of ${impact.sent} requests failed${details(impact)}.`;
          return html`<li><strong>${capitalized(title)}:</strong> ${words}</li>`;
        })}
      </ul>`
    }`;
}
