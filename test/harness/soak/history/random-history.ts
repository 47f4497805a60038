import type { Loss, Operation } from "../../../../harness/soak/history/operation.ts";

export interface RandomHistory {
  readonly operations: readonly Operation[];
  readonly losses: readonly Loss[];
}

interface Shape {
  readonly kind: "register" | "counter";
  readonly size: number;
  readonly losses: number;
  /** The share of INCRs that are sent once. @default 0 */
  readonly sentOnce?: number;
}

/** A small history of one key, from a register that is sometimes wrong. About half are possible. */
export function randomHistory(
  random: () => number,
  { kind, size, losses: lossCount, sentOnce = 0 }: Shape,
): RandomHistory {
  const draw = (below: number): number => Math.floor(random() * below);
  const losses = Array.from({ length: lossCount }, () => ({ at: draw(12), lossMs: draw(5) }));
  losses.sort((a, b) => a.at - b.at);
  const writes = 1 + draw(size - 1);
  const operations = Array.from({ length: size }, (_, index): Operation => {
    const start = draw(12);
    const end = random() < 0.15 ? undefined : start + draw(5);
    const sent = { client: index, key: "k", start, end };
    if (kind === "counter") {
      if (index < writes) {
        const result = end === undefined ? undefined : 1 + draw(writes);
        // Draws no number if all are resent, so that the histories do not change.
        const isOnce = sentOnce > 0 && random() < sentOnce;
        return { ...sent, kind: "incr", result, ...(isOnce && { sentOnce: true }) };
      }
      const result = end === undefined ? undefined : String(draw(writes + 1));
      return { ...sent, kind: "get", result };
    }
    if (index < writes) return { ...sent, kind: "set", value: `v${index}` };
    const seen = draw(writes + 1);
    const result = seen === writes ? null : `v${seen}`;
    return { ...sent, kind: "get", result: end === undefined ? undefined : result };
  });
  return { operations, losses };
}
