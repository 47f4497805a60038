import { readFileSync } from "node:fs";

/** An absolute path, because it may not be on the container's PATH. */
export const PERL = "/usr/bin/perl";

/**
 * The argv of a program whose syncs are recorded, in a table that it inherits as descriptor 3. The recorder is
 * passed as text, because the container's user may not be able to read its file.
 */
export function recordingSyncs(argv: readonly string[]): readonly string[] {
  const recorder = readFileSync(new URL("record-syncs.pl", import.meta.url), "utf8");
  // No warning about a locale that this machine does not have.
  return ["/usr/bin/env", "PERL_BADLANG=0", PERL, "-e", recorder, "--", ...argv];
}
