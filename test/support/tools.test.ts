import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, it } from "vitest";

const TEST = join(import.meta.dirname, "..");

it.each(["bench/synth"])(
  "%s, which has no options, refuses one before it measures anything",
  async (tool) => {
    const program = join(TEST, tool, "main.ts");
    const args = ["--import", import.meta.resolve("tsx"), program, "--no-such"];
    const child = spawn(process.execPath, args, {
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 60_000,
    });
    let [output, errors] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
    const [code] = (await once(child, "close")) as [number | null];
    expect(errors).toMatch(/^error: unknown option '--no-such'.*; allowed: .*--help\n$/);
    expect({ code, output }).toEqual({ code: 2, output: "" });
  },
);
