import type { Call, Return } from "../worker.ts";
import { messageOf } from "../../../command-line/error-text.ts";

/** Answers calls of the parent process, and exits with it. */
export function serve(methods: Record<string, (argument: never) => unknown>): void {
  process.on("message", (message) => void answer(message as Call));
  process.once("disconnect", () => process.exit());

  async function answer({ id, method, argument }: Call): Promise<void> {
    try {
      const act = methods[method];
      if (act === undefined) throw new Error(`no method ${method}`);
      reply({ id, result: await act(argument as never) });
    } catch (error) {
      reply({ id, error: messageOf(error) });
    }
  }
}

function reply(message: Return): void {
  process.send?.(message);
}

/** ms on a clock that all processes on a machine share. */
export function sharedNow(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
