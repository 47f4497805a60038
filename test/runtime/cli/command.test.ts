import { getServers, setServers } from "node:dns";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { anyCommandLine } from "./command.property.ts";

it("a command line of any form ends with an exit code and lines that a terminal can show", async () => {
  // An argument may be the path of a Unix socket.
  const [folder, before] = [mkdtempSync(join(tmpdir(), "command-test-")), process.cwd()];
  const servers = getServers();
  process.chdir(folder);
  try {
    await expect(fc.assert(anyCommandLine())).resolves.toBeUndefined();
  } finally {
    process.chdir(before);
    setServers(servers);
    rmSync(folder, { recursive: true, force: true });
  }
});
