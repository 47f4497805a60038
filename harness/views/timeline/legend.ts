import { html, type Html } from "../html.ts";
import { PHASES } from "./task-bars.ts";

/** Explanations of colours, if the name is not enough. */
const MEANINGS: Readonly<Record<string, string>> = {
  running: "started; no health check has passed yet",
  process: "of a task with several containers, or restarted in place",
};

export function legend(): Html {
  const colours = Object.entries({
    ...PHASES,
    process: "container runs",
    none: "no DNS records",
    fault: "fault",
    served: "served",
    failed: "failed",
  });
  return html`<ul class="legend" aria-label="Colours">
    ${colours.map(
      ([state, words]) =>
        html`<li>
          <i class="${state}"></i>
          <span>${words}${state in MEANINGS && html` <small>(${MEANINGS[state]})</small>`}</span>
        </li>`,
    )}
  </ul>`;
}
