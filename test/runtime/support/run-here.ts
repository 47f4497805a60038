import { vi } from "vitest";

import { main } from "../../../runtime/src/cli/main.ts";
import type { Outcome } from "./installed.ts";

/** The variables that the command reads. */
const VARIABLES = ["REDISCLI_AUTH", "REDIS_PASSWORD"] as const;

/**
 * Runs a command line of `srv-dialer` in this process, which takes a tenth of the time of a new process. Tests of the
 * installed command cover what needs a process: exit code, signals, NODE_EXTRA_CA_CERTS. Do not run two at the same
 * time, because all output of this process counts as output of the command.
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
