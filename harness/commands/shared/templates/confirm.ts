import { once } from "node:events";
import { createInterface } from "node:readline/promises";
import { UsageError } from "../../../../command-line/options.ts";

export interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream;
}

/**
 * Shows the commands of a plan and asks before they run, because a plan may come from someone else.
 * @throws UsageError without a terminal and without `yes`
 */
export async function isAgreedTo(
  summary: string,
  { yes = false }: { readonly yes?: boolean },
  signal: AbortSignal,
  output: NodeJS.WritableStream = process.stdout,
): Promise<boolean> {
  output.write(`\n${summary}\n\n`);
  const { stdin: input } = process;
  return yes || confirmed("Run these commands on this machine?", { input, output }, signal);
}

/**
 * Asks a yes-or-no question.
 * @returns whether the answer is yes
 * @throws UsageError without a terminal
 */
export async function confirmed(
  question: string,
  { input, output }: Terminal,
  signal: AbortSignal,
): Promise<boolean> {
  if (input.isTTY !== true) {
    throw new UsageError(
      "error: without a terminal, give --yes to run the commands above on this machine",
    );
  }
  const lines = createInterface({ input, output });
  // readline handles Ctrl-C itself.
  lines.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
  try {
    const closed = once(lines, "close").then(() => "");
    const answer = await Promise.race([lines.question(`${question} [y/N] `, { signal }), closed]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}
