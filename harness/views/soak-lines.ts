import pc from "picocolors";
import { type Round, roundLine } from "../soak/schedule.ts";
import type { SoakRecord } from "../soak/soak.ts";
import type { Judged } from "../soak/verdict.ts";

/** The schedule of a seed, with one line per round. */
export function scheduleLines(seed: number, rounds: readonly Round[]): string {
  return [
    `The schedule of seed ${seed}, ${rounds.length} rounds:`,
    ...rounds.map(roundLine),
    "",
  ].join("\n");
}

/** The last round on one line. */
export function playedLine({ rounds, acknowledged, missing: { lost } }: SoakRecord): string {
  const { number = 0, redisAt = "", away = 0, missed = [] } = rounds.at(-1) ?? {};
  return [
    `round ${number}`.padEnd(10),
    `Redis at ${redisAt}`,
    `no write for ${(away / 1_000).toFixed(1)} s`,
    `${acknowledged} writes, ${lost.length} lost`,
    ...missed,
  ].join("  ");
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
  const failed = judged.filter(({ held }) => !held).length;
  if (failed > 0) return markOf(false)(`${seed}: ${failed} of ${judged.length} claims failed`);
  // A soak without rounds proves nothing.
  if (rounds === 0) return pc.yellow(`- ${seed}: no round was played`);
  return markOf(true)(`${seed}: no claim failed`);
}

const markOf =
  (held: boolean) =>
  (text: string): string =>
    held ? pc.green(`✓ ${text}`) : pc.red(`✗ ${text}`);
