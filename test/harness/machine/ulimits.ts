import type { Ulimit } from "../terraform/container-definition.ts";

const limit = (value: number): string => (value === -1 ? "unlimited" : String(value));

/** The argv of a program with resource limits of its own, as `ulimit` and prlimit(1) count them. */
export function withUlimits(
  ulimits: readonly Ulimit[],
  argv: readonly string[],
): readonly string[] {
  if (ulimits.length === 0) return argv;
  const words = ulimits.map(
    ({ name, softLimit, hardLimit }) => `--${name}=${limit(softLimit)}:${limit(hardLimit)}`,
  );
  return ["/usr/bin/prlimit", ...words, "--", ...argv];
}
