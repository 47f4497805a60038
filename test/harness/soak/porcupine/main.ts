import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { command, orExit, parse } from "../../../../harness/commands/command-line.ts";
import { run } from "../../../../harness/commands/interrupt.ts";
import { findCommand, thisSystem } from "../../../../harness/programs/operating-system.ts";
import { randomOf } from "../../../../harness/plays/stage/random.ts";
import { checkWritable, writeResults } from "../../../../harness/results/write-results.ts";
import { checkHistory } from "../../../../harness/soak/history/check-history.ts";
import type { Operation } from "../../../../harness/soak/history/operation.ts";
import { randomHistory } from "../history/random-history.ts";
import { simulatedHistory } from "../history/simulated-history.ts";

// Holds the history checker against porcupine (https://github.com/anishathalye/porcupine), a checker in Go that
// knows nothing of ours. Registers without losses: porcupine has no model of the rest. It needs Go and the Go
// module proxy, so it is no part of `npm test`.

const SMALL = 20_000;
const LONG = 200;

/** Milliseconds. */
const TIMEOUT = 300_000;

/** Later than everything else: what has no reply may take effect until then. */
const NEVER = 1_000_000;

const program = command(
  "npm run soak:porcupine --",
  "Holds the soak's history checker against porcupine. Needs Go and the Go module proxy.",
);
orExit(() => parse(program, process.argv.slice(2)));

async function compare(signal: AbortSignal): Promise<number> {
  const go = findCommand(thisSystem(), "go");
  if (go === undefined) {
    throw new Error(
      "porcupine is a Go module, and there is no go on PATH: install Go 1.26 or later.",
    );
  }
  checkWritable("porcupine");
  const histories = [...small(), ...long()];
  const others = await porcupine(go, histories, signal);
  const own = histories.map((operations) => checkHistory(operations).outcome !== "violated");
  const different = histories.filter((_, index) => own[index] !== others[index]);
  const possible = own.filter((each) => each).length;
  for (const operations of different.slice(0, 3)) console.log(JSON.stringify(operations));
  console.log(
    `${histories.length} histories, ${possible} of them linearizable: ` +
      `${different.length} judged otherwise by porcupine`,
  );
  // Else only one of the two answers was tried.
  const isBoth = possible > 0 && possible < histories.length;
  if (different.length > 0 || !isBoth) return 1;
  writeResults(
    "porcupine",
    "npm run soak:porcupine",
    { histories: histories.length, linearizable: possible, judgedOtherwise: different.length },
    { porcupine: versionOf("github.com/anishathalye/porcupine") },
  );
  return 0;
}

function versionOf(goModule: string): string {
  const text = readFileSync(join(import.meta.dirname, "go.mod"), "utf8");
  const [, version] = new RegExp(`${goModule} v(\\S+)`).exec(text) ?? [];
  if (version === undefined) throw new Error(`go.mod requires no ${goModule}`);
  return version;
}

function small(): (readonly Operation[])[] {
  const random = randomOf(1, "porcupine");
  const size = (): number => 2 + Math.floor(random() * 11);
  return Array.from(
    { length: SMALL },
    () => randomHistory(random, { kind: "register", size: size(), losses: 0 }).operations,
  );
}

/** Runs of a server that keeps its word, and the same with one read exchanged for another. */
function long(): (readonly Operation[])[] {
  const random = randomOf(2, "porcupine");
  return Array.from({ length: LONG }, (_, index) => {
    const clients = 1 + Math.floor(random() * 6);
    const shape = { kind: "register", operations: 200, clients } as const;
    const { operations } = simulatedHistory(random, shape);
    return index % 2 === 0 ? operations : withLie(operations, random);
  });
}

function withLie(operations: readonly Operation[], random: () => number): readonly Operation[] {
  const read = (): Operation & { kind: "get" } => {
    const reads = operations.flatMap((each) => (each.kind === "get" && each.end ? [each] : []));
    return reads[Math.floor(random() * reads.length)] as Operation & { kind: "get" };
  };
  const { result } = read();
  const lying = read();
  return operations.map((each) => (each === lying ? { ...lying, result } : each));
}

async function porcupine(
  go: string,
  all: readonly (readonly Operation[])[],
  signal: AbortSignal,
): Promise<boolean[]> {
  const input = all.map((operations) => JSON.stringify(operations.flatMap(plain))).join("\n");
  const ended = promisify(execFile)(go, ["run", "."], {
    cwd: import.meta.dirname,
    maxBuffer: 2 ** 28,
    timeout: TIMEOUT,
    signal,
  });
  ended.child.stdin?.end(`${input}\n`);
  const verdicts = (await ended).stdout.trim().split("\n");
  if (verdicts.length === all.length) return verdicts.map((verdict) => verdict === "true");
  throw new Error(`porcupine judged ${verdicts.length} of ${all.length} histories`);
}

/** A read without a reply tells nothing; a write without one ends at the end. */
function plain(operation: Operation): object[] {
  const { kind, start, end = NEVER } = operation;
  if (operation.kind === "set") return [{ kind, value: operation.value, start, end }];
  if (operation.kind === "incr" || operation.end === undefined) return [];
  return [{ kind, start, end, seen: operation.result }];
}

run(compare);
