import type { Recording } from "../../plays/stage/recording.ts";
import { html, Html } from "../html.ts";
import { STYLE } from "../style.ts";
import { expectationsList, figuresTable, verdict } from "./figures.ts";
import { dataTables } from "./tables.ts";
import { legend, timeline } from "../timeline/timeline.ts";
import { type TimeScale, timeScale } from "../timeline/time-scale.ts";

/**
 * A page that shows what was recorded: one file without scripts that needs no network. Several recordings
 * are drawn on one time scale; the figures of two, `before` and `after` for example, are side by side.
 */
export function renderReport(recordings: readonly Recording[]): string {
  // A play that took no time has an axis too.
  const longest = Math.max(
    1_000,
    ...recordings.map(({ startedAt, endedAt }) => endedAt - startedAt),
  );
  const titles = recordings.map((recording) => recording.title);
  const title = recordings.length > 2 ? `${recordings.length} plays` : titles.join(" · ");
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <style>
          ${new Html(STYLE)}
        </style>
      </head>
      <body>
        <header>
          <h1>${title}</h1>
          ${recordings.map(introduction)}
        </header>
        <main>
          <section aria-labelledby="figures">
            <h2 id="figures">Figures</h2>
            ${figures(recordings)}
          </section>
          <section aria-labelledby="timelines">
            <h2 id="timelines">${recordings.length > 1 ? "Timelines" : "Timeline"}</h2>
            ${legend()}
            ${recordings.map((recording) => played(recording, scaleOf(recording, longest)))}
          </section>
          ${expectations(recordings)}
        </main>
      </body>
    </html>`.markup;
}

/** One table for two recordings; for more, one table each. */
function figures(recordings: readonly Recording[]): Html {
  if (recordings.length <= 2) return figuresTable(recordings);
  return html`${recordings.map(
    (recording) =>
      html`<h3>${recording.title}</h3>
        ${figuresTable([recording])}`,
  )}`;
}

/** The expectations of each recording that has some. */
function expectations(recordings: readonly Recording[]): Html {
  const claiming = recordings.filter((recording) => recording.expectations.length > 0);
  if (claiming.length === 0) return html``;
  return html`<section aria-labelledby="expectations">
    <h2 id="expectations">Expectations</h2>
    <div class="columns">
      ${claiming.map(
        (recording) =>
          html`<div>
            <h3>${recording.title}</h3>
            ${expectationsList(recording)}
          </div>`,
      )}
    </div>
  </section>`;
}

/** The time scale of one recording, as long as that of the longest. */
function scaleOf({ startedAt }: Recording, longest: number): TimeScale {
  return timeScale({ from: startedAt, to: startedAt + longest });
}

function introduction(recording: Recording): Html {
  const { scenario, environment, seed, startedAt } = recording;
  const date = new Date(startedAt).toISOString();
  return html`<p>
    <b>${scenario}</b> in ${environment}, seed ${seed},
    <time datetime="${date}">${date.slice(0, 16).replace("T", " ")} UTC</time>:
    ${verdict(recording)}
  </p>`;
}

function played(recording: Recording, scale: TimeScale): Html {
  const until = recording.endedAt;
  return html`<article>
    <h3>${recording.title}</h3>
    ${timeline({ ...recording, until }, scale)} ${dataTables(recording, scale)}
  </article>`;
}
