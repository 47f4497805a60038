#!/usr/bin/env node
import { main } from "./cli/main.ts";

/** Ends the process once everything is written. Only look-ups of the system (getaddrinfo) would still hold it. */
function exit(code: number): void {
  process.stdout.write("", () => process.stderr.write("", () => process.exit(code)));
}

// A reader that closes the pipe early, such as head(1), is not an error, and must not end a forward.
process.stdout.on("error", () => {});
process.stderr.on("error", () => {});
void main(process.argv.slice(2)).then(exit);
