import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import type { EcsEventOf, LocalEcs } from "../../ecs/index.ts";
import { short } from "../words.ts";

/** Milliseconds between two reads of a log. */
const READ_INTERVAL = 200;

/** Maximum bytes shown per read. Of more, the last ones. */
const MOST = 16_384;

/** Maximum length of a line, in characters. */
const LONGEST_LINE = 4_096;

/** Follows the lines of a growing file. */
export class FollowedFile {
  readonly #file: number;
  readonly #onLine: (line: string) => void;
  readonly #timer: NodeJS.Timeout;
  #decoder = new StringDecoder();
  #position = 0;
  #rest = "";
  #ended = false;

  /** @throws NodeJS.ErrnoException if the file cannot be read */
  constructor(path: string, onLine: (line: string) => void) {
    this.#file = openSync(path, "r");
    this.#onLine = onLine;
    this.#timer = setInterval(() => this.read(), READ_INTERVAL).unref();
  }

  /** Reports the lines completed since the last read. */
  read(): void {
    const { size } = fstatSync(this.#file);
    if (size < this.#position) this.#startAgain();
    const left = size - this.#position - MOST;
    if (left > 0) this.#leaveOut(left);
    const bytes = Buffer.alloc(size - this.#position);
    const read = readSync(this.#file, bytes, 0, bytes.length, this.#position);
    this.#position += read;
    const lines = (this.#rest + this.#decoder.write(bytes.subarray(0, read))).split(/\r?\n/);
    this.#rest = lines.pop() ?? "";
    if (this.#rest.length > LONGEST_LINE) lines.push(this.#takeRest());
    for (const line of lines) this.#onLine(line);
  }

  /** Reports the rest and stops. May be called again. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    clearInterval(this.#timer);
    this.read();
    if (this.#rest !== "") this.#onLine(this.#takeRest());
    closeSync(this.#file);
  }

  #takeRest(): string {
    const rest = this.#rest;
    this.#rest = "";
    return rest;
  }

  /** A program may truncate the file: `> /dev/stdout` opens it again. */
  #startAgain(): void {
    this.#breakOff();
    this.#position = 0;
  }

  /** A program with much output must not fill the terminal or this process' memory. */
  #leaveOut(bytes: number): void {
    this.#breakOff();
    this.#position += bytes;
    this.#onLine(`(${bytes} bytes left out)`);
  }

  /** The next bytes do not continue the previous ones. */
  #breakOff(): void {
    if (this.#rest !== "") this.#onLine(this.#takeRest());
    this.#decoder = new StringDecoder();
  }
}

/** The output of containers, with the task in each line: `dev-app 3dd8a4 | listening`. */
export class ContainerLogs {
  readonly #ecs: Pick<LocalEcs, "logFile" | "task">;
  readonly #follows: (image: string) => boolean;
  readonly #say: (line: string) => void;
  readonly #files = new Map<string, FollowedFile>();

  /** @param follows whether to follow a container, by its image */
  constructor(
    ecs: Pick<LocalEcs, "logFile" | "task">,
    follows: (image: string) => boolean = () => false,
    say: (line: string) => void,
  ) {
    this.#ecs = ecs;
    this.#follows = follows;
    this.#say = say;
  }

  /** Handles the start or end of a container. @returns whether its output is shown */
  hear({ service, taskId, container, status }: EcsEventOf<"container">): boolean {
    const key = `${taskId} ${container}`;
    if (status === "STOPPED") {
      this.#files.get(key)?.end();
      return this.#files.delete(key);
    }
    const { containers } = this.#ecs.task(taskId);
    if (!containers.some(({ name, image }) => name === container && this.#follows(image))) {
      return false;
    }
    const who = [service, short(taskId), ...(containers.length > 1 ? [container] : [])].join(" ");
    const say = (line: string): void => this.#say(`${who} | ${line}`);
    this.#files.set(key, new FollowedFile(this.#ecs.logFile(taskId, container), say));
    return true;
  }

  /** Stops following all containers. */
  end(): void {
    for (const file of this.#files.values()) file.end();
    this.#files.clear();
  }
}
