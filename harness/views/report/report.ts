import type { Recording } from "../../plays/stage/recording.ts";
import { html, Html } from "../html.ts";
import { pageOf } from "../page.ts";
import { expectationsList } from "./expectations.ts";
import { figuresTable } from "./figures.ts";
import { eventsOf, isCompared, type Side, sidesOf } from "./sides.ts";
import { sideBySide } from "./side-by-side.ts";
import { dataTables } from "./tables.ts";
import { verdict } from "./verdict.ts";
import { legend, timeline } from "../timeline/timeline.ts";
import { type TimeScale, timeScale } from "../timeline/time-scale.ts";
import { type Axes, axesOf } from "../timeline/traffic-charts.ts";
import { trafficOf } from "../timeline/traffic.ts";

/** Additional information for a report. */
export interface ReportOptions {
  /** The command that repeats this run. */
  readonly command?: string;
  /** The relative URL of the documentation's folder. */
  readonly docs?: string;
}

/**
 * Renders recordings as one HTML file without scripts that needs no network: first a verdict in words, then charts,
 * then tables. Several recordings use the same scales. The common steps of two recordings, such as `before` and
 * `after`, are shown side by side.
 */
export function renderReport(
  recordings: readonly Recording[],
  { command, docs }: ReportOptions = {},
): string {
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
      ${docs !== undefined && links(docs)}
    `,
  );
}

function content(sides: readonly Side[]): Html {
  const events = eventsOf(sides);
  const measured = events.filter(isCompared);
  const scales = scalesOf(sides);
  const axes = axesOf(sides.map(({ recording }) => trafficOfAll(recording)));
  return html`${section("verdict", "What happened", verdict(sides, events))}
  ${measured.length > 0 && section("requests", "The requests, side by side", sideBySide(measured))}
  ${section("timelines", sides.length > 1 ? "Timelines" : "Timeline", [
    hint(),
    legend(),
    ...sides.map(({ recording }, index) => sideOf(recording, scales[index], axes)),
  ])}
  ${section("figures", "Figures", [...figures(sides), waitNote()])} ${expectations(sides)}
  ${section(
    "tables",
    "Tables",
    sides.map((side, index) => tables(side, scales[index])),
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

function sideOf(recording: Recording, scale: TimeScale | undefined, axes: Axes): Html {
  return html`<article>
    <h3>${recording.title}</h3>
    ${scale && timeline({ ...recording, until: recording.endedAt }, scale, axes)}
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

function tables({ recording }: Side, scale: TimeScale | undefined): Html {
  return html`<h3>${recording.title}</h3>
    ${scale && dataTables(recording, scale)}`;
}

/** The pages that explain the terms. */
function links(docs: string): Html {
  const pages = {
    "local-ecs.md": "the scenarios and how to play them",
    "faults.md": "faults and their effect on users",
    "migration.md": "from the old setup to the new one",
  };
  return html`<footer>
    <p>
      More:
      ${Object.entries(pages).map(
        ([page, words], index) => html`${index > 0 && ", "}<a href="${docs}/${page}">${words}</a>`,
      )}
    </p>
  </footer>`;
}
