import { cpus } from "node:os";
import { command, orExit, parse } from "../../../command-line/options.ts";
import { run } from "../../../command-line/run-and-exit.ts";
import type { FigureReport } from "../figure.ts";
import { renderTables } from "../report.ts";
import { shuffled, spreadOf } from "../statistics.ts";
import { type Contestant, contestants, secondsOf } from "./contestants.ts";

// `npm run bench:synth`: how long a whole synthesis takes, beside an app of the AWS CDK with the same
// content, `Ec2Service` with `cloudMapOptions`. It installs the CDK first, so it is a command apart.

const program = command(
  "npm run bench:synth --",
  "Times a synthesis beside an app of the AWS CDK.",
);
orExit(() => parse(program, process.argv.slice(2)));

/** Of each contestant the seconds, one a round; equal indexes are the same round. */
async function measure(
  all: readonly Contestant[],
  environments: number,
  rounds: number,
  signal: AbortSignal,
): Promise<ReadonlyMap<Contestant, readonly number[]>> {
  const times = new Map(all.map((contestant) => [contestant, [] as number[]]));
  for (let round = 0; round < rounds; round++) {
    for (const contestant of shuffled(all, Math.random)) {
      process.stderr.write(
        `${environments} environments, round ${round + 1}: ${contestant.name}\n`,
      );
      const seconds = await secondsOf(contestant, environments, signal);
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
  signal: AbortSignal,
): Promise<FigureReport[]> {
  const times = await measure(all, environments, rounds, signal);
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

run(async (signal) => {
  const all = await contestants(signal);
  const reports = [...(await figures(all, 3, 7, signal)), ...(await figures(all, 100, 3, signal))];
  const [cpu] = cpus();
  const about = { node: process.version, cpus: cpus().length, cpu: cpu?.model ?? "", quick: false };
  process.stdout.write(renderTables(reports, about));
  return 0;
});
