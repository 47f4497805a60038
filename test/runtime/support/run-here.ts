import { vi } from "vitest";

import { main } from "../../../runtime/src/cli/main.ts";
import type { Outcome } from "./installed.ts";

/** The variables that the command reads. */
const VARIABLES = ["REDISCLI_AUTH", "REDIS_PASSWORD"] as const;

/**
 * Runs a command line of `srv-dialer` in this process, which costs a tenth of a process of its own. What only a
 * process has (exit code, signals, certificates of NODE_EXTRA_CA_CERTS) is tested with the installed command.
 * One after the other: what is written meanwhile is taken as written by the command.
 */
export async function runHere(
  args: readonly string[],
  env: Partial<Readonly<Record<(typeof VARIABLES)[number], string>>> = {},
): Promise<Outcome> {
  const written = { stdout: "", stderr: "" };
  const spies = (["stdout", "stderr"] as const).map((name) =>
    vi.spyOn(process[name], "write").mockImplementation((chunk) => {
      written[name] += String(chunk);
      return true;
    }),
  );
  for (const name of VARIABLES) vi.stubEnv(name, env[name]);
  try {
    const code = await main(args);
    return { code, ...written };
  } finally {
    vi.unstubAllEnvs();
    for (const spy of spies) spy.mockRestore();
  }
}
