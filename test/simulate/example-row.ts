import type { MoveRow, Variant } from "./parts.ts";

const recovery = { half: 900, most: 1_500, all: 10_600 };

/** A row as the simulation gives it, for tests. */
export function row(clients: number, variant: Variant): MoveRow {
  return {
    clients,
    variant,
    standsFor: 1,
    recovery,
    byKind: { dns: recovery, cloudMap: recovery },
    dials: 100,
    dns: { peak: 1_234, peakOfHost: 559, total: 2_000, dropped: 100 },
    api: { peak: 1_000, total: 14_000, throttled: 700 },
    connects: { peak: 642, overflows: 7 },
    series: { dns: [0, 1_000, 500], api: [0, 0, 0], served: [0, 0.5, 1] },
  };
}
