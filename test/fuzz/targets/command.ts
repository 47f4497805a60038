import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { anyCommandLine } from "../../runtime/cli/command.property.ts";
import { Counts, checkProperty } from "../engine/check-property.ts";
import type { Target } from "../target.ts";

export const target: Target = {
  about: "command lines of any form against srv-dialer",
  inputs: 5_000,
  async run(context) {
    const counts = new Counts();
    // A word may be the path of a Unix socket.
    const folder = mkdtempSync(join(tmpdir(), "fuzz-command-"));
    process.chdir(folder);
    try {
      return await checkProperty(anyCommandLine(counts.add), context, counts.all);
    } finally {
      process.chdir("/");
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
