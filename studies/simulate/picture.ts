import { max } from "d3-array";
import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";
import { type Series, WIDTH as BIN } from "./move.ts";
import type { MoveRow, Variant } from "./parts.ts";

const WIDTH = 860;
const LEFT = 70;
const RIGHT = 20;
const PANEL = 170;
const GAP = 60;
const TOP = 50;

/** Seconds in the picture, from the stop of Redis. */
const SHOWN = 40;

const COLOURS: Readonly<Record<Variant, string>> = {
  "as it is": "#2563eb",
  "no jitter": "#dc2626",
  "no refresh-ahead": "#6b7280",
  "Cloud Map as well": "#16a34a",
};
/** Not "no refresh-ahead", because a move looks the same without it. */
const LINES = ["no jitter", "as it is", "Cloud Map as well"] as const;

interface Panel {
  readonly title: string;
  readonly values: (series: Series) => readonly number[];
  readonly unit: (value: number) => string;
}

const PANELS: readonly Panel[] = [
  {
    title: "Clients that are served by the new Redis",
    values: ({ served }) => served,
    unit: (value) => `${Math.round(100 * value)} %`,
  },
  {
    title: "DNS packets a second, of all clients",
    values: ({ dns }) => dns,
    unit: (value) => value.toLocaleString("en-US").replaceAll(",", " "),
  },
];

/** An SVG of the clients of the largest row after Redis has stopped. */
export function pictureOf(rows: readonly MoveRow[], listens: number): string {
  const clients = Math.max(...rows.map((row) => row.clients));
  const shown = rows.filter((row) => row.clients === clients);
  const height = TOP + PANELS.length * (PANEL + GAP);
  const panels = PANELS.map((panel, index) =>
    panelOf(panel, shown, TOP + index * (PANEL + GAP), listens),
  );
  const count = clients.toLocaleString("en-US").replaceAll(",", " ");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img"
  font-family="system-ui, sans-serif" font-size="13">
<title>Redis moves under ${count} simulated clients</title>
<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
<text x="${LEFT}" y="20" font-size="16" font-weight="600" fill="#111827">Redis moves under ${count} simulated clients</text>
${legend()}
${panels.join("\n")}
</svg>
`;
}

function legend(): string {
  const at = scaleLinear([0, LINES.length], [WIDTH - 400, WIDTH - RIGHT]);
  return LINES.map(
    (variant, index) =>
      `<text x="${at(index)}" y="20" fill="${COLOURS[variant]}">— ${variant}</text>`,
  ).join("\n");
}

function panelOf(
  { title, values, unit }: Panel,
  rows: readonly MoveRow[],
  top: number,
  at: number,
) {
  const x = scaleLinear([0, SHOWN], [LEFT, WIDTH - RIGHT]);
  const most = max(rows, ({ series }) => max(values(series))) ?? 1;
  const y = scaleLinear([0, most], [top + PANEL, top]).nice(4);
  const path = line<number>(
    (_, index) => x(((index + 1) * BIN) / 1_000),
    (value) => y(value),
  );
  const lines = LINES.flatMap((variant) => {
    const row = rows.find((each) => each.variant === variant);
    const points = row === undefined ? [] : shownOf(values(row.series));
    return row === undefined
      ? []
      : `<path d="${path(points) ?? ""}" fill="none" stroke="${COLOURS[variant]}" stroke-width="2"/>`;
  });
  const grid = y.ticks(4).map(
    (
      tick,
    ) => `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(tick)}" y2="${y(tick)}" stroke="#e5e7eb"/>
<text x="${LEFT - 8}" y="${y(tick) + 4}" text-anchor="end" fill="#4b5563">${unit(tick)}</text>`,
  );
  const seconds = x
    .ticks(8)
    .map(
      (tick) =>
        `<text x="${x(tick)}" y="${top + PANEL + 18}" text-anchor="middle" fill="#4b5563">${tick} s</text>`,
    );
  const start = `<line x1="${x(at / 1_000)}" x2="${x(at / 1_000)}" y1="${top}" y2="${top + PANEL}" stroke="#111827" stroke-dasharray="4 3"/>
<text x="${x(at / 1_000) + 6}" y="${top + 12}" fill="#111827">the new Redis listens</text>`;
  return [
    `<text x="${LEFT}" y="${top - 8}" font-weight="600" fill="#111827">${title}</text>`,
    ...grid,
    ...seconds,
    start,
    ...lines,
  ].join("\n");
}

/** A simulation ends when all clients are served. They stay served in the rest of the picture. */
function shownOf(values: readonly number[]): number[] {
  const count = (SHOWN * 1_000) / BIN;
  const last = values.at(-1) ?? 0;
  const isShare = last === 1;
  return Array.from({ length: count }, (_, index) => values[index] ?? (isShare ? 1 : 0));
}
