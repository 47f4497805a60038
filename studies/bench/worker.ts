import { fork } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { join } from "node:path";

/** The files in `processes/`, with the functions that they export. */
interface Processes {
  "contestant.ts": typeof import("./processes/contestant.ts");
  "dns-server.ts": typeof import("./processes/dns-server.ts");
  "redis-clients.ts": typeof import("./processes/redis-clients.ts");
  "tcp-server.ts": typeof import("./processes/tcp-server.ts");
  "waiting-calls.ts": typeof import("./processes/waiting-calls.ts");
}

/** A separate process, so that contestants do not share CPU time and garbage collection. */
export interface Worker<File extends keyof Processes> extends AsyncDisposable {
  /** Calls a function of the file. Rejects with its error, or when the process exits. */
  readonly call: <Name extends string & keyof Processes[File]>(
    name: Name,
    ...args: Processes[File][Name] extends (...args: infer Args) => unknown ? Args : never
  ) => Promise<Processes[File][Name] extends (...args: never[]) => infer R ? Awaited<R> : never>;
}

/** What the processes send each other. */
export type Call = { id: string; name: string; args: readonly unknown[] };
export type Reply = { id: string; result?: unknown; error?: string };

/** ms after which the process is killed: several times of what any figure takes. */
const TIMEOUT = 3_600_000;
const HOST = join(import.meta.dirname, "host.ts");
const TSX = join(import.meta.dirname, "../../command-line/tsx.js");

/** @param signal kills the process */
export function startWorker<File extends keyof Processes>(file: File, signal: AbortSignal) {
  // `gc` is for the memory that remains.
  const execArgv = ["--import", TSX, "--expose-gc"];
  const options = { execArgv, signal, timeout: TIMEOUT, killSignal: "SIGKILL" } as const;
  const path = join(import.meta.dirname, "processes", file);
  const child = fork(HOST, [path], options).on("error", () => {});
  const exited = once(child, "exit");
  const failed = exited.then(([code, killedBy]) => {
    throw new Error(`${file}: exited (${killedBy ?? code})`);
  });
  failed.catch(() => {});
  const replies = new EventEmitter();
  child.on("message", (reply: Reply) => replies.emit(reply.id, reply));
  let calls = 0;
  const call = async (name: string, ...args: readonly unknown[]): Promise<unknown> => {
    const id = String(calls++);
    const replied = once(replies, id) as Promise<[Reply]>;
    child.send({ id, name, args } satisfies Call);
    const [{ result, error }] = await Promise.race([replied, failed]);
    if (error !== undefined) throw new Error(`${file}: ${error}`);
    return result;
  };
  const dispose = (): Promise<unknown> => (child.kill("SIGKILL"), exited.catch(() => {}));
  return { call, [Symbol.asyncDispose]: dispose } as Worker<File>;
}

/** ms on a clock that all processes on a machine share. */
export const sharedNow = (): number => Number(process.hrtime.bigint()) / 1e6;
