import { html, type Html, type HtmlValue } from "../html.ts";

export interface Row {
  readonly label: Html | string;
  /** The content as lines, for screen readers and for the list on focus. */
  readonly lines: readonly string[];
  /** A summary for screen readers, before the lines. */
  readonly summary?: string;
  readonly plot: HtmlValue;
  /** Additional CSS classes of the plot. */
  readonly kind?: string;
}

/** A row: its name, its plot, and a list that opens on focus. */
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
