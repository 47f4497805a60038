import pc from "picocolors";
import type { Judged } from "../../soak/verdict/judged.ts";
import type { SoakRecord } from "../../soak/record.ts";
import { type Round, roundLine } from "../../soak/schedule/schedule.ts";

/** The schedule of a seed, with one line per round. */
export function scheduleLines(seed: number, rounds: readonly Round[]): string {
  return [
    `The schedule of seed ${seed}, ${rounds.length} rounds:`,
    ...rounds.map(roundLine),
    "",
  ].join("\n");
}

/** The last round on one line. */
export function playedLine({ rounds, tracker, samples }: SoakRecord): string {
  const [round, move, sample] = [rounds.at(-1), tracker.moves.at(-1), samples.at(-1)];
  const columns = [
    `round ${round?.number ?? 0}`.padEnd(10),
    move === undefined
      ? "no move"
      : `Redis at ${move.to}, no write for ${((move.at - move.lastAt) / 1_000).toFixed(1)} s`,
    `heap ${((sample?.heap ?? 0) / 2 ** 20).toFixed(1)} MiB`,
    ...(round?.missed ?? []),
  ];
  return columns.join("  ");
}

/** Faults that a soak leaves out, because the setup does not survive them. */
const EXCEPTED =
  "Not played, because they lose acknowledged writes: Redis without its writer lock, and a host that comes back after its NFS lease has expired.";

/** The verdict: every claim with its observed value and details. */
export function verdictLines(
  { seed, rounds }: Pick<SoakRecord, "seed" | "rounds">,
  judged: readonly Judged[],
): string {
  return [
    ...judged.flatMap(({ claim, held, seen, details = [] }) => [
      markOf(held)(`${claim}; seen: ${seen}`),
      ...details.map((line) => `    ${line}`),
    ]),
    EXCEPTED,
    conclusion(`seed ${seed}`, rounds.length, judged),
    "",
  ].join("\n");
}

function conclusion(seed: string, rounds: number, judged: readonly Judged[]): string {
  const failed = judged.filter(({ held }) => held === false).length;
  if (failed > 0) return markOf(false)(`${seed}: ${failed} of ${judged.length} claims failed`);
  // A soak without rounds proves nothing.
  if (rounds === 0) return markOf(undefined)(`${seed}: no round was played`);
  return markOf(true)(`${seed}: no claim failed`);
}

function markOf(held: boolean | undefined): (text: string) => string {
  if (held === undefined) return (text) => pc.yellow(`- ${text}`);
  return held ? (text) => pc.green(`✓ ${text}`) : (text) => pc.red(`✗ ${text}`);
}
