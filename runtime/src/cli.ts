#!/usr/bin/env node
import { main } from "./cli/main.ts";

/** Ends the process when all is written, though the system may still be looking up a host for it. */
function exit(code: number): void {
  process.stdout.write("", () => process.stderr.write("", () => process.exit(code)));
}

// A reader that has gone, as head(1) does, is no failure, and ends no forward.
process.stdout.on("error", () => {});
process.stderr.on("error", () => {});
void main(process.argv.slice(2)).then(exit);
