import { CommanderError } from "commander";
import { ConfigError } from "./config/config-error.ts";

/** What a command ends with when its arguments are wrong. */
const USAGE_ERROR = 2;

/** What a command ends with after an error: 0 after a help text, 2 for wrong arguments, 1 for all others. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE_ERROR;
  const isUnknown = error instanceof ConfigError && error.code === "ERR_CONFIG_UNKNOWN_ENVIRONMENT";
  return isUnknown ? USAGE_ERROR : 1;
}
