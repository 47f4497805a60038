import { cpus } from "node:os";
import type { FigureReport } from "../figure.ts";
import { renderTables } from "../report.ts";
import { shuffled, spreadOf } from "../statistics.ts";
import { type Contestant, contestants, secondsOf } from "./contestants.ts";

// `npm run bench:synth`: how long a whole synthesis takes, beside an app of the AWS CDK with the same
// content, `Ec2Service` with `cloudMapOptions`. It installs the CDK first, so it is a command apart.

const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => interrupted.abort(new Error(`interrupted by ${signal}`)));
}

/** Of each contestant the seconds, one a round; equal indexes are the same round. */
async function measure(
  all: readonly Contestant[],
  environments: number,
  rounds: number,
): Promise<ReadonlyMap<Contestant, readonly number[]>> {
  const times = new Map(all.map((contestant) => [contestant, [] as number[]]));
  for (let round = 0; round < rounds; round++) {
    for (const contestant of shuffled(all, Math.random)) {
      process.stderr.write(
        `${environments} environments, round ${round + 1}: ${contestant.name}\n`,
      );
      const seconds = await secondsOf(contestant, environments, interrupted.signal);
      times.get(contestant)?.push(seconds);
    }
  }
  return times;
}

/** The stacks' time as a share of each other contestant's, in the same rounds. */
async function figures(
  all: readonly Contestant[],
  environments: number,
  rounds: number,
): Promise<FigureReport[]> {
  const times = await measure(all, environments, rounds);
  const entries = [...times].map(([{ name }, seconds]) => ({
    contestant: name,
    measured: spreadOf(seconds),
    unit: "s",
  }));
  const [[, own], ...others] = [...times] as [[Contestant, number[]], ...[Contestant, number[]][]];
  return others.map(([{ name }, base], index) => {
    const ratio = spreadOf(own.map((time, round) => time / (base[round] ?? Number.NaN)));
    return {
      name: `synth of ${environments}`,
      title: `synthesis of ${environments} environments, to ${name}`,
      value: ratio.median,
      spread: ratio,
      unit: "×",
      goal: { most: 0.5 },
      entries: index === 0 ? entries : [],
    };
  });
}

async function main(): Promise<void> {
  const all = await contestants(interrupted.signal);
  const reports = [...(await figures(all, 3, 7)), ...(await figures(all, 100, 3))];
  const [cpu] = cpus();
  const about = { node: process.version, cpus: cpus().length, cpu: cpu?.model ?? "", quick: false };
  process.stdout.write(renderTables(reports, about));
}

main().catch((error: unknown) => {
  const { aborted, reason } = interrupted.signal;
  const shown: unknown = aborted ? reason : error;
  process.stderr.write(`${shown instanceof Error ? shown.message : String(shown)}\n`);
  process.exit(aborted ? 130 : 2);
});
