import { html, type Html, type HtmlValue } from "../html.ts";

/** A row of the timeline. */
export interface Row {
  readonly label: Html | string;
  /** What it shows, line by line: for people who hear it, and in a list while the row has the focus. */
  readonly lines: readonly string[];
  /** What people hear first, where the lines are its details. */
  readonly summary?: string;
  readonly plot: HtmlValue;
  /** Further classes of the plot. */
  readonly kind?: string;
}

/** A name, what is drawn, and the list of it that the focus opens: by Tab, by a click or by a touch. */
export function row({ label, lines, summary, plot, kind = "" }: Row): Html {
  const words = summary ?? (lines.join(". ") || "nothing");
  const list = summary === undefined ? lines : [summary, ...lines];
  return html`<div class="row">
    <div class="label">${label}</div>
    <div class="plot ${kind}" role="img" tabindex="0" aria-label="${words}">${plot}</div>
    ${
      list.length > 0 &&
      html`<ul class="tip" aria-hidden="true">
        ${list.map((each) => html`<li>${each}</li>`)}
      </ul>`
    }
  </div>`;
}
