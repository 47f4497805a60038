import { readFileSync } from "node:fs";
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { UsageError } from "../../../../../command-line/options.ts";
import type { LocalDeployments } from "../../../../../harness/commands/local/deployments.ts";
import { Ending } from "../../../../../harness/commands/local/typed/ending.ts";
import { onCommands } from "../../../../../harness/commands/local/typed/on-commands.ts";
import { commandNames } from "../../../../../harness/commands/local/typed/run-commands.ts";
import type { LocalEcs } from "../../../../../harness/ecs/index.ts";

const ecs = { services: [], hosts: [], faults: { active: [] } } as unknown as LocalEcs;

/** @param again the deployment */
function run(input: PassThrough, again: () => Promise<void> = async () => {}) {
  const ending = new Ending(new AbortController().signal);
  const deployments = { again, untilStable: async () => {} } as unknown as LocalDeployments;
  const commands = onCommands(input, { ecs, deployments, ending }, () => true);
  return { ending, [Symbol.dispose]: () => commands[Symbol.dispose]() };
}

test("a script ends the run with quit", async () => {
  const input = new PassThrough();
  using started = run(input);
  input.write("stable\nquit\nnever done\n");
  await started.ending.ended;
  expect(started.ending.signal.aborted).toBe(true);
});

test("a wrong command in a script ends the run and names the line", async () => {
  const input = new PassThrough();
  using started = run(input);
  input.write("# break it\nkil redis\n");
  await expect(started.ending.ended).rejects.toThrow(UsageError);
  await expect(started.ending.ended).rejects.toThrow(
    /^error: standard input, line 2: .*"kil".*kill, /,
  );
});

test("a deployment that fails ends a script", async () => {
  const input = new PassThrough();
  using started = run(input, () => Promise.reject(new Error("it failed")));
  input.write("redeploy\n");
  await expect(started.ending.ended).rejects.toThrow("it failed");
});

test("docs/local-ecs.md lists every command", () => {
  const page = readFileSync(new URL("../../../../../docs/local-ecs.md", import.meta.url), "utf8");
  for (const name of commandNames) expect(page).toMatch(new RegExp(`^\\| \`${name}[ \`]`, "m"));
});
