import { messageOf } from "../../command-line/error-text.ts";
import type { Call, Reply } from "./worker.ts";

// The process of a worker: loads the file, calls its functions for the parent process, and exits with it.

type Functions = Record<string, (...args: readonly unknown[]) => unknown>;
const functions: Functions = await import(process.argv[2] ?? "");
process.on("message", (call) => void answer(call as Call).then((reply) => process.send?.(reply)));
process.once("disconnect", () => process.exit());

async function answer({ id, name, args }: Call): Promise<Reply> {
  try {
    return { id, result: await functions[name]?.(...args) };
  } catch (error) {
    return { id, error: messageOf(error) };
  }
}
