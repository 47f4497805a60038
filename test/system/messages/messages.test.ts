import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { shell } from "../../../harness/commands/source/images.ts";
import { COMMANDS } from "./commands.ts";
import { TABLE } from "./table.ts";
import { messageOf } from "../../../command-line/error-text.ts";

const names = Object.keys(COMMANDS);

it("has rows for every command, and for no other", () => {
  expect(Object.keys(TABLE)).toEqual(names);
});

describe.each(names)("%s", (name) => {
  const rows = TABLE[name] ?? [];

  it("has a row for each of its options", async () => {
    const told = new Set(rows.flatMap(({ args }) => args.map((word) => word.split("=")[0])));
    const options = (await COMMANDS[name]?.options()) ?? [];
    expect(options.filter((option) => !told.has(option))).toEqual([]);
  });

  it.each(rows.map((row) => [row.args.join(" ") || "nothing", row] as const))(
    "%s",
    async (_args, { args, says }) => {
      const call = Promise.resolve(COMMANDS[name]?.call(args));
      const said = await call.then(() => "it was taken", messageOf);
      expect(said).toContain(says);
      expect(said.trim()).not.toContain("\n");
    },
  );
});

// A health check that fails, and a port that is taken, have their hints: test/harness/views/terminal.
describe("an app whose file is missing", () => {
  it.each([
    ["node missing.mjs", /Cannot find module '.*missing\.mjs'/, 1],
    ["no-such-program", /no-such-program: not found/, 127],
  ])("%s says so itself, and its exit code is told", (command, said, code) => {
    const [program = "", ...args] = shell(command, tmpdir()).command ?? [];
    const { stderr, status } = spawnSync(program, args, { cwd: tmpdir(), encoding: "utf8" });
    expect(stderr).toMatch(said);
    expect(status).toBe(code);
  });
});
