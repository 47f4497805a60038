import { lstatSync, mkdirSync, readdirSync, rmdirSync, rmSync } from "node:fs";
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
  /** Undefined if it has not started, or has ended. */
  readonly pid: number | undefined;
  readonly log: string;
  /** Of its process, secrets included. */
  readonly variables: Readonly<Record<string, string>>;
}

/** A run's answer to the name of a target. */
type Answer = { readonly containers: readonly RunningContainer[] } | { readonly error: string };

/** ms. A run that does not answer by then is busy, or frozen. */
const ANSWERS_WITHIN = 5_000;
const MODE = 0o700;

/** The sockets of this user's runs. */
const folder = (): string => path.join(tmpdir(), `local-ecs-runs-${userInfo().uid}`);

/** Answers other terminals of the same user until it is disposed. */
export async function openRunSocket(ecs: LocalEcs): Promise<AsyncDisposable> {
  mkdirSync(folder(), { recursive: true, mode: MODE });
  checkOwn();
  const file = path.join(folder(), `${process.pid}.sock`);
  rmSync(file, { force: true });
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on("error", () => {});
    void answer(ecs, socket);
  });
  await once(server.listen(file), "listening");
  server.unref();
  return {
    [Symbol.asyncDispose]: async () => {
      await new Promise((resolve) => server.close(resolve));
      rmSync(file, { force: true });
      removeIfEmpty(folder());
    },
  };
}

function removeIfEmpty(name: string): void {
  try {
    rmdirSync(name);
  } catch {
    // Another run has its socket there.
  }
}

/** Another user could have made the folder, to be asked in place of a run. */
function checkOwn(): void {
  const { uid, mode } = lstatSync(folder());
  if (uid === userInfo().uid && (mode & 0o077) === 0) return;
  throw new Error(`${folder()} must belong to you alone: remove it`);
}

/** What the other side sends before it ends. A stream's own readers would destroy the socket at that end. */
async function received(socket: Socket): Promise<unknown> {
  let text = "";
  socket.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  await once(socket, "end");
  return JSON.parse(text);
}

async function answer(ecs: LocalEcs, socket: Socket): Promise<void> {
  try {
    const { target } = (await received(socket)) as { target: string };
    socket.end(JSON.stringify({ containers: containersOf(target, ecs) } satisfies Answer));
  } catch (error) {
    socket.end(JSON.stringify({ error: messageOf(error) } satisfies Answer));
  }
}

/** @throws UsageError with the existing names */
export function containersOf(
  name: string,
  ecs: Pick<LocalEcs, "services" | "hosts" | "logFile" | "variables">,
): RunningContainer[] {
  const { service, tasks, container: wanted } = targetOf(name, ecs);
  return tasks.flatMap(({ id: task, containers }) =>
    containers
      .filter((each) => wanted === undefined || each.name === wanted)
      .map(({ name: container, pid }) => {
        const variables = ecs.variables(task, container);
        return { service, task, container, pid, log: ecs.logFile(task, container), variables };
      }),
  );
}

/**
 * The container of the first task of a target.
 * @throws UsageError if none runs, or if the task has several containers
 */
export function onlyOne(target: string, containers: readonly RunningContainer[]): RunningContainer {
  const running = containers.filter(({ pid }) => pid !== undefined);
  const [first] = running;
  if (first === undefined) throw new UsageError(`error: no task of ${target} runs`);
  const beside = running.filter(({ task }) => task === first.task);
  if (beside.length === 1) return first;
  const names = beside.map(({ service, container }) => `${service}/${container}`);
  throw new UsageError(`error: ${target} has several containers; name one: ${names.join(", ")}`);
}

/**
 * The containers of a target in the run of this user that has it.
 * @throws UsageError if no run has it, or several have
 */
export async function findContainers(target: string): Promise<readonly RunningContainer[]> {
  const answers = await Promise.all(socketsOfRuns().map((file) => ask(file, target)));
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
  try {
    checkOwn();
    return readdirSync(folder()).map((name) => path.join(folder(), name));
  } catch (error) {
    if (Reflect.get(error as object, "code") === "ENOENT") return [];
    throw error;
  }
}

/** @returns undefined if the run has ended, or does not answer */
async function ask(file: string, target: string): Promise<Answer | undefined> {
  const socket = connect(file);
  socket.setTimeout(ANSWERS_WITHIN, () => socket.destroy(new Error("no answer")));
  try {
    socket.end(JSON.stringify({ target }));
    return (await received(socket)) as Answer;
  } catch (error) {
    // Left behind by a run that was killed.
    if (Reflect.get(error as object, "code") === "ECONNREFUSED") rmSync(file, { force: true });
    return undefined;
  }
}
