import { html, type Html } from "../html.ts";
import { row } from "./row.ts";

/** Charts are drawn in these units and stretched. Line widths do not change. */
export const WIDTH = 1_000;
export const HEIGHT = 100;

/** The marks of a chart with their scale. */
export interface Chart {
  readonly label: Html | string;
  readonly marks: Html;
  readonly ticks: readonly { readonly top: number; readonly label: string }[];
  readonly summary: string;
  readonly lines: readonly string[];
}

export function chart({ label, marks, ticks, summary, lines }: Chart): Html {
  const plot = html`<svg
      viewBox="0 0 ${WIDTH} ${HEIGHT}"
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      ${ticks.map(({ top }) => html`<line x1="0" x2="${WIDTH}" y1="${top}" y2="${top}" />`)}
      ${marks}
    </svg>
    ${ticks.map(({ top, label: words }) => html`<b style="top: ${(top / HEIGHT) * 100}%">${words}</b>`)}`;
  return row({ label, plot, kind: "chart", summary, lines });
}
