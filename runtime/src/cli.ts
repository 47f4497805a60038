#!/usr/bin/env node
import { main } from "./cli/main.ts";

/** Ends the process once everything is written. */
function exit(code: number): void {
  process.stdout.write("", () => process.stderr.write("", () => process.exit(code)));
}

// A process waits for look-ups of the system even after exit: by default 20 s if no DNS server answers (glibc).
process.env["RES_OPTIONS"] ??= "timeout:1 attempts:2";
// A reader that closes the pipe early, such as head(1), is not an error, and must not end a forward.
process.stdout.on("error", () => {});
process.stderr.on("error", () => {});
void main(process.argv.slice(2)).then(exit);
