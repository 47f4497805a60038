import { lstatSync, readdirSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { once } from "node:events";
import { tmpdir, userInfo } from "node:os";
import path from "node:path";
import type { LocalEcs } from "../../../ecs/index.ts";
import { messageOf } from "../../../../command-line/error-text.ts";
import { UsageError } from "../../../../command-line/options.ts";
import { targetOf } from "../typed/targets.ts";

/** A container of a run, for a program that enters it or reads its log. */
export interface RunningContainer {
  readonly service: string;
  /** The task's id. */
  readonly task: string;
  readonly container: string;
  readonly log: string;
  /** The asked command in it; undefined if it does not run. */
  readonly program: ReturnType<LocalEcs["beside"]>;
}

/** What is used of a run. */
type Run = Pick<LocalEcs, "services" | "hosts" | "logFile" | "beside">;

/** What another terminal asks a run. */
interface Question {
  readonly target: string;
  readonly command: readonly string[];
  readonly hasTerminal?: boolean;
}

/** A run's answer to the name of a target. */
type Answer = { readonly containers: readonly RunningContainer[] } | { readonly error: string };

/** ms. A run that does not answer by then is busy, or frozen. */
const ANSWERS_WITHIN = 5_000;
/** In the folder of a run, which only its user can enter. The folder is removed even if the run is killed. */
const SOCKET = "commands.sock";
/** The name of such a folder. */
const FOLDER = /^local-ecs-\w{6}$/;

/** Answers other terminals of the same user until it is disposed. */
export async function openRunSocket(ecs: Run & Pick<LocalEcs, "folder">): Promise<AsyncDisposable> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    // Otherwise one that says nothing would hold up the end of the run.
    socket.on("error", () => {}).setTimeout(ANSWERS_WITHIN, () => socket.destroy());
    void answer(ecs, socket);
  });
  await once(server.listen(path.join(ecs.folder, SOCKET)), "listening");
  server.unref();
  return {
    [Symbol.asyncDispose]: async () => {
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What the other side sends before it ends. A stream's own readers would destroy the socket at that end. */
async function received(socket: Socket): Promise<unknown> {
  let text = "";
  socket.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  await once(socket, "end", { signal: AbortSignal.timeout(ANSWERS_WITHIN) });
  return JSON.parse(text);
}

async function answer(ecs: Run, socket: Socket): Promise<void> {
  try {
    const question = (await received(socket)) as Question;
    socket.end(JSON.stringify({ containers: containersOf(question, ecs) } satisfies Answer));
  } catch (error) {
    socket.end(JSON.stringify({ error: messageOf(error) } satisfies Answer));
  }
}

/** @throws UsageError with the existing names */
export function containersOf(
  { target, command, hasTerminal }: Question,
  ecs: Run,
): RunningContainer[] {
  const { service, tasks, container: wanted } = targetOf(target, ecs);
  return tasks.flatMap(({ id: task, containers }) =>
    containers
      .filter((each) => wanted === undefined || each.name === wanted)
      .map(({ name: container }) => {
        const program = ecs.beside(task, container, command, hasTerminal);
        return { service, task, container, log: ecs.logFile(task, container), program };
      }),
  );
}

/**
 * The program in the container of the first task of a target.
 * @throws UsageError if none runs, or if the task has several containers
 */
export function onlyProgram(target: string, containers: readonly RunningContainer[]) {
  const running = containers.filter(({ program }) => program !== undefined);
  const [first] = running;
  if (first?.program === undefined) throw new UsageError(`error: no task of ${target} runs`);
  const beside = running.filter(({ task }) => task === first.task);
  if (beside.length === 1) return first.program;
  const names = beside.map(({ service, container }) => `${service}/${container}`);
  throw new UsageError(`error: ${target} has several containers; name one: ${names.join(", ")}`);
}

/**
 * The containers of a target in the run of this user that has it.
 * @throws UsageError if no run has it, or several have
 */
export async function findContainers(question: Question): Promise<readonly RunningContainer[]> {
  const { target } = question;
  const answers = await Promise.all(socketsOfRuns().map((file) => ask(file, question)));
  const given = answers.filter((each) => each !== undefined);
  const found = given.flatMap((each) => ("containers" in each ? [each.containers] : []));
  const [one, other] = found;
  if (other !== undefined) {
    throw new UsageError(`error: several runs have ${target}; give the start of a task's id`);
  }
  if (one !== undefined && one.length > 0) return one;
  const [refused] = given.flatMap((each) =>
    "error" in each ? [each.error] : [`no task of ${target} runs`],
  );
  throw new UsageError(`error: ${refused ?? "nothing runs: start npm run local first"}`);
}

function socketsOfRuns(): string[] {
  return readdirSync(tmpdir())
    .filter((name) => FOLDER.test(name))
    .map((name) => path.join(tmpdir(), name))
    .filter(isOwn)
    .map((folder) => path.join(folder, SOCKET));
}

/** Whether only this user can write to it. Another user could have made a folder, to be asked in place of a run. */
function isOwn(folder: string): boolean {
  const { uid, mode } = lstatSync(folder, { throwIfNoEntry: false }) ?? { uid: -1, mode: 0 };
  return uid === userInfo().uid && (mode & 0o077) === 0;
}

/** @returns undefined if the run has ended, or does not answer */
async function ask(file: string, question: Question): Promise<Answer | undefined> {
  const socket = connect(file);
  try {
    socket.end(JSON.stringify(question));
    return (await received(socket)) as Answer;
  } catch {
    socket.destroy();
    return undefined;
  }
}
