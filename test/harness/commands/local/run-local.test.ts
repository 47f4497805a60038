import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { localOptions } from "../../../../harness/commands/local/options.ts";
import { runLocal } from "../../../../harness/commands/local/run-local.ts";
import { template } from "../../ecs/fixture/template.ts";
import { definition, firstPlan, type Json, service } from "../../ecs/terraform/saved/fixture.ts";

const BREAKER = { enable: true, rollback: false };

test("without a terminal, a failed first deployment ends the command with the cause in the last line", async () => {
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
      "--speed",
      "60",
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

/** A plan that changes the command of a running service. */
function release(): Json {
  const plan = firstPlan(definition("app", { command: ["sleep", "60"] }), service("app"));
  const [task, app] = plan.resource_changes;
  task.change.before = { ...task.change.after, arn: "arn:app:1" };
  task.change.actions = ["delete", "create"];
  task.change.after = definition("app", { command: ["sleep", "61"] }).values;
  app.change.before = { ...app.change.after, task_definition: "arn:app:1" };
  app.change.actions = ["update"];
  return plan;
}

/** Runs a plan to its end or until a text is printed. @returns the output and the result */
async function runPlan(plan: Json, until: RegExp, ...args: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), "run-plan-"));
  const stop = new AbortController();
  const lines: string[] = [];
  const print = (text: unknown): boolean => {
    lines.push(String(text));
    if (until.test(String(text))) stop.abort();
    return true;
  };
  const log = vi.spyOn(console, "log").mockImplementation((text) => void print(text));
  const out = vi.spyOn(process.stdout, "write").mockImplementation(print);
  try {
    const file = join(folder, "plan.json");
    writeFileSync(file, JSON.stringify(plan));
    const options = localOptions(["--plan", file, "--speed", "60", ...args]);
    const ended = await runLocal(options, stop.signal).catch(String);
    return { printed: lines.join("\n"), ended };
  } finally {
    log.mockRestore();
    out.mockRestore();
    rmSync(folder, { recursive: true });
  }
}

test("a plan's commands are shown; without a terminal or --yes nothing runs", async () => {
  const { printed, ended } = await runPlan(release(), /never/);
  expect(ended).toContain("--yes");
  expect(printed).toContain("runs   sleep 60");
  expect(printed).not.toContain("deployment in progress");
});

test("the change of a plan is deployed once the first deployment is stable", async () => {
  const { printed, ended } = await runPlan(release(), /app, port 80: 127\./, "--yes");
  expect(ended).toBe(0);
  const [first, change, second] = ["deployment completed", "the change of the plan", "stops: "].map(
    (text) => printed.indexOf(text),
  );
  expect(first).toBeGreaterThan(0);
  expect(change).toBeGreaterThan(first ?? 0);
  expect(second).toBeGreaterThan(change ?? 0);
});

test("containers get the emulator of AWS that the command gets, and no other variable of it", async () => {
  vi.stubEnv("AWS_ENDPOINT_URL", "http://emulator.test:4566");
  vi.stubEnv("AWS_ENDPOINT_URL_S3", "http://s3.test:4566");
  vi.stubEnv("AWS_PROFILE", "mine");
  try {
    const command = [
      "sh",
      "-c",
      'echo "at $AWS_ENDPOINT_URL $AWS_ENDPOINT_URL_S3 $AWS_PROFILE."; sleep 60',
    ];
    const plan = firstPlan(definition("app", { command }), service("app"));
    const { printed } = await runPlan(plan, /at http/, "--yes");
    expect(printed).toContain("at http://emulator.test:4566 http://s3.test:4566 .");
    vi.stubEnv("AWS_ENDPOINT_URL", "emulator");
    const { ended } = await runPlan(plan, /never/, "--yes");
    expect(ended).toContain("AWS_ENDPOINT_URL=emulator");
  } finally {
    vi.unstubAllEnvs();
  }
});
