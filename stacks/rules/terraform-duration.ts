const SECONDS: Readonly<Record<string, number>> = {
  h: 3600,
  m: 60,
  s: 1,
  ms: 1e-3,
  us: 1e-6,
  µs: 1e-6,
  ns: 1e-9,
};

/**
 * Parses a Terraform duration such as `46m` or `1h30m` to seconds; NaN if it is invalid.
 * Source: https://pkg.go.dev/time#ParseDuration
 */
export function secondsOf(duration: unknown): number {
  const parts = String(duration).split(/(?<=[^\d.])(?=[\d.])/);
  return parts.reduce((sum, part) => sum + secondsOfPart(part), 0);
}

/** Parses a number with a unit. */
function secondsOfPart(part: string): number {
  const found = /([\d.]+)(\D+)/.exec(part);
  return Number(found?.[1]) * Number(SECONDS[String(found?.[2])]);
}
