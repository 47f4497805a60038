import type { Recording } from "../../plays/stage/recording.ts";
import { html, Html } from "../html.ts";
import { pageOf } from "../page.ts";
import { expectationsList } from "./expectations.ts";
import { figuresTable } from "./figures.ts";
import { eventLog } from "./event-log.ts";
import { eventsOf, type Side, sidesOf } from "./sides.ts";
import { verdict } from "./verdict.ts";
import { legend, timeline } from "../timeline/timeline.ts";
import { type TimeScale, timeScale } from "../timeline/time-scale.ts";
import { heightOf } from "../timeline/traffic-charts.ts";
import { trafficOf } from "../timeline/traffic.ts";

/**
 * Renders recordings as one HTML file without scripts that needs no network: first a verdict in words, then charts,
 * then figures. Several recordings use the same scales.
 * @param command that repeats this run
 */
export function renderReport(recordings: readonly Recording[], command?: string): string {
  const sides = sidesOf(recordings);
  const titles = recordings.map((recording) => recording.title);
  const title = recordings.length > 2 ? `${recordings.length} plays` : titles.join(" · ");
  return pageOf(
    title,
    html`
      <header>
        <h1>${title}</h1>
        ${sides.map(introduction)}
        ${command !== undefined && html`<p>Play it again: <code>${command}</code></p>`}
      </header>
      <main>${content(sides)}</main>
    `,
  );
}

function content(sides: readonly Side[]): Html {
  const scales = scalesOf(sides);
  const height = heightOf(sides.map(({ recording }) => trafficOfAll(recording)));
  return html`${section("verdict", "What happened", verdict(sides, eventsOf(sides)))}
  ${section("timelines", sides.length > 1 ? "Timelines" : "Timeline", [
    hint(),
    legend(),
    ...sides.map(({ recording }, index) => sideOf(recording, scales[index], height)),
  ])}
  ${section("figures", "Figures", [...figures(sides), waitNote()])} ${expectations(sides)}
  ${section(
    "events",
    "Events",
    sides.map((side, index) => log(side, scales[index])),
  )}`;
}

function section(id: string, title: string, body: Html | readonly Html[]): Html {
  return html`<section aria-labelledby="${id}">
    <h2 id="${id}">${title}</h2>
    ${body}
  </section>`;
}

function introduction({ name, recording }: Side): Html {
  const { title, environment, seed, startedAt } = recording;
  const date = new Date(startedAt).toISOString();
  return html`<p>
    <b>${name}</b>: ${title}, in the environment ${environment}, seed ${seed},
    <time datetime="${date}">${date.slice(0, 16).replace("T", " ")} UTC</time>
  </p>`;
}

/** The time scales, all as long as the longest recording. */
function scalesOf(sides: readonly Side[]): TimeScale[] {
  // A play without duration also needs an axis.
  const longest = Math.max(
    1_000,
    ...sides.map(({ recording: { startedAt, endedAt } }) => endedAt - startedAt),
  );
  return sides.map(({ recording: { startedAt } }) =>
    timeScale({ from: startedAt, to: startedAt + longest }),
  );
}

const trafficOfAll = ({ requests, startedAt, endedAt }: Recording) =>
  trafficOf(requests, startedAt, endedAt);

const hint = (): Html =>
  html`<p>
    <small>Press Tab, click or touch a row to list its data.</small>
  </p>`;

const waitNote = (): Html =>
  html`<p>
    <small
      >Wait for the first success: the user of a failed request retries until one succeeds. Without
      a success until the end, the wait is “at least” that long.</small
    >
  </p>`;

function sideOf(recording: Recording, scale: TimeScale | undefined, height: number): Html {
  return html`<article>
    <h3>${recording.title}</h3>
    ${scale && timeline({ ...recording, until: recording.endedAt }, scale, height)}
  </article>`;
}

/** One table for two recordings, or one table per recording for more. */
function figures(sides: readonly Side[]): Html[] {
  if (sides.length <= 2) return [figuresTable(sides)];
  return sides.map(
    (side) =>
      html`<h3>${side.recording.title}</h3>
        ${figuresTable([side])}`,
  );
}

/** The expectations of each recording. */
function expectations(sides: readonly Side[]): Html {
  const claiming = sides.filter(({ recording }) => recording.expectations.length > 0);
  if (claiming.length === 0) return html``;
  const columns = claiming.map(
    ({ recording }) =>
      html`<div>
        <h3>${recording.title}</h3>
        ${expectationsList(recording)}
      </div>`,
  );
  return section("expectations", "Expectations", html`<div class="columns">${columns}</div>`);
}

function log({ recording }: Side, scale: TimeScale | undefined): Html {
  return html`<h3>${recording.title}</h3>
    ${scale && eventLog(recording, scale)}`;
}
