import { fileURLToPath } from "node:url";
import { vi } from "vitest";
import type { CalledCommand } from "./called-command.ts";

const PROGRAM = fileURLToPath(
  new URL("../../../harness/commands/playground/main.ts", import.meta.url),
);

/** In place of the end of the process. */
class Exit extends Error {}

/** Runs the program in this process until it would end, and returns what it has written. */
async function output(args: readonly string[]): Promise<string> {
  let written = "";
  const write = (text: unknown): boolean => {
    written += String(text);
    return true;
  };
  const before = process.argv;
  process.argv = ["node", "playground.ts", ...args];
  const spies = [
    vi.spyOn(process, "exit").mockImplementation(() => {
      throw new Exit();
    }),
    vi.spyOn(process.stdout, "write").mockImplementation(write),
    vi.spyOn(process.stderr, "write").mockImplementation(write),
  ];
  try {
    // Under a name of its own: a program runs when it is loaded.
    await import(/* @vite-ignore */ `${PROGRAM}?call=${args.join("+")}`);
    throw new Error(`the playground takes ${args.join(" ")}`);
  } catch (error) {
    if (error instanceof Exit) return written;
    throw error;
  } finally {
    for (const spy of spies) spy.mockRestore();
    process.argv = before;
  }
}

/** `npm run playground`, whose options are in its program alone. */
export const playground: CalledCommand = {
  options: async () => {
    const help = await output(["--help"]);
    const flags = help.matchAll(/^ +(?:-\w, )?(--[a-z-]+)/gm);
    return [...flags].map(([, flag = ""]) => flag).filter((flag) => flag !== "--help");
  },
  call: async (args) => {
    throw new Error(await output(args));
  },
};
