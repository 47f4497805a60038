import type { SoakRecord } from "../../soak/record.ts";
import type { Judged } from "../../soak/verdict/judged.ts";
import { html, Html } from "../html.ts";
import { pageOf } from "../page.ts";
import { soakCharts } from "./soak-charts.ts";
import { EXCEPTED } from "./soak-lines.ts";

/** A report of a soak: its verdict, then charts. One file without scripts that needs no network. */
export function renderSoakReport(
  record: SoakRecord,
  judged: readonly Judged[],
  command: string,
): string {
  const title = `Soak of seed ${record.seed}`;
  return pageOf(
    title,
    html`
      <header>
        <h1>${title}</h1>
        <p>
          ${record.tracker.moves.length} moves of Redis in ${record.rounds.length} rounds,
          ${(record.lengthMs / 60_000).toFixed(1)} minutes
        </p>
        <p>Play it again: <code>${command}</code></p>
      </header>
      <main>
        <section aria-labelledby="verdict">
          <h2 id="verdict">Verdict</h2>
          <ul class="claims">
            ${judged.map(claimItem)}
          </ul>
          <p>${EXCEPTED}</p>
        </section>
        <section aria-labelledby="charts">
          <h2 id="charts">Over time</h2>
          ${soakCharts(record)}
        </section>
      </main>
    `,
  );
}

function claimItem({ claim, held, seen, details = [] }: Judged): Html {
  const { name, sign, words } = MARKS[held === undefined ? "unknown" : held ? "held" : "broken"];
  return html`<li>
    <b class="${name}" role="img" aria-label="${words}">${sign}</b>
    <span
      >${claim}
      <small>seen: ${seen}</small> ${details.map((line) => html`<small>${line}</small>`)}</span
    >
  </li>`;
}

const MARKS = {
  held: { name: "held", sign: "✓", words: "held" },
  broken: { name: "broken", sign: "✗", words: "did not hold" },
  unknown: { name: "shown", sign: "–", words: "not checked" },
} as const;
