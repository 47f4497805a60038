import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { localOptions } from "../../../harness/commands/local-options.ts";
import { runLocal } from "../../../harness/commands/run-local.ts";
import { template } from "../ecs/fixture/template.ts";

const BREAKER = { enable: true, rollback: false };

test("without a terminal a first deployment that fails ends the command, with the cause in its last line", async () => {
  const folder = mkdtempSync(join(tmpdir(), "run-local-"));
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  const out = vi.spyOn(process.stdout, "write").mockImplementation(() => true);
  try {
    const file = join(folder, "small.tf.json");
    writeFileSync(
      file,
      JSON.stringify(template({ appService: { deployment_circuit_breaker: BREAKER } })),
    );
    const options = localOptions([
      "--template",
      file,
      "--app",
      "echo 'Error: no such app'; exit 3",
    ]);
    await expect(runLocal(options, AbortSignal.timeout(20_000))).rejects.toThrow(
      /^the deployment failed: test-app: .*\n! test-app \w{6} ended with exit code 3: Error: no such app$/,
    );
  } finally {
    log.mockRestore();
    out.mockRestore();
    rmSync(folder, { recursive: true });
  }
});
