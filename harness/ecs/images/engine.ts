import { execFile, spawn } from "node:child_process";
import { promisify } from "node:util";
import { z } from "zod";
import { HarnessError } from "../base/errors.ts";
import { findCommand, thisSystem } from "../programs/operating-system.ts";

const run = promisify(execFile);

/** The engines whose images can be used, the preferred one first. */
const ENGINES = ["podman", "docker"] as const;

export type EngineName = (typeof ENGINES)[number];

/** Milliseconds. An engine that does not answer must not hold up a start. */
const ANSWER_TIMEOUT = 20_000;
/** Milliseconds. Gigabytes take a minute, also to create a container with a driver that copies all files. */
const EXPORT_TIMEOUT = 600_000;
/** The exit code of timeout(1). */
const TIMED_OUT = 124;
/** Bytes of its answer. */
const LONGEST_ANSWER = 16 * 1024 * 1024;

/** A shell's pipe: Podman opens /dev/stdout, which it cannot with those of Node.js. tar fails if the archive is not whole. */
const EXTRACT = '"$1" export "$2" | tar --extract --numeric-owner --preserve-permissions -C "$3"';

const LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?";
const PART = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
/** https://github.com/distribution/reference: a name with an optional registry, tag and digest. */
const REFERENCE = new RegExp(
  String.raw`^(?:${LABEL}(?:\.${LABEL})*(?::\d+)?/)?${PART}(?:/${PART})*(?::\w[\w.-]*)?(?:@[a-z0-9]+:[0-9a-f]+)?$`,
);

/** Whether a text can be the reference of an image. */
export const isImageReference = (text: string): boolean => REFERENCE.test(text);

const words = z.array(z.string()).nullish();

/** What `image inspect` says, as far as a container needs it. Podman and Docker use the same names. */
const inspected = z.object({
  Id: z.string(),
  Os: z.string(),
  Architecture: z.string(),
  Config: z
    .object({
      Entrypoint: words,
      Cmd: words,
      Env: words,
      User: z.string().nullish(),
      WorkingDir: z.string().nullish(),
      StopSignal: z.string().nullish(),
      /** Keys such as `6379/tcp`. */
      ExposedPorts: z.record(z.string(), z.unknown()).nullish(),
    })
    .nullish(),
});

export type InspectedImage = z.output<typeof inspected>;

/** An installed container engine, which has images. It runs no container here. */
export class Engine {
  readonly name: EngineName;
  readonly #program: string;
  readonly #timeout: number;

  private constructor(name: EngineName, program: string, timeout: number) {
    this.name = name;
    this.#program = program;
    this.#timeout = timeout;
  }

  /**
   * @param wanted @default the first one that is installed
   * @param timeout ms of an answer
   */
  static find(wanted?: EngineName, timeout: number = ANSWER_TIMEOUT): Engine | undefined {
    for (const name of wanted === undefined ? ENGINES : [wanted]) {
      const program = findCommand(thisSystem(), name);
      if (program !== undefined) return new Engine(name, program, timeout);
    }
    return undefined;
  }

  /** Why it cannot be used, such as a service that does not run; undefined if it can. */
  async whyUnusable(): Promise<string | undefined> {
    try {
      await this.#output(["info"]);
      return undefined;
    } catch (error) {
      return `${this.name} does not work: ${saidBy(error)}`;
    }
  }

  /**
   * @returns undefined if the engine has no such image
   * @throws HarnessError ERR_IMAGE if it does not answer
   */
  async inspect(reference: string): Promise<InspectedImage | undefined> {
    if (!isImageReference(reference)) return undefined;
    try {
      const [image] = z
        .array(inspected)
        .parse(JSON.parse(await this.#output(["image", "inspect", reference])));
      return image;
    } catch (error) {
      const said = saidBy(error);
      if (/no such image|image not known/i.test(said)) return undefined;
      throw this.#failure(`image inspect ${reference}`, said);
    }
  }

  /**
   * Fetches an image.
   * @throws HarnessError ERR_IMAGE with the exit code; the engine has printed why. The signal's error on abort
   */
  async pull(reference: string, signal?: AbortSignal): Promise<void> {
    await this.#shown(["pull", reference], signal);
  }

  /** Builds the Dockerfile of a folder. @throws as {@link pull} */
  async build(folder: string, tag: string, signal?: AbortSignal): Promise<void> {
    await this.#shown(["build", "--tag", tag, folder], signal);
  }

  /**
   * Writes an image's files into an empty folder.
   * @throws HarnessError ERR_IMAGE with what the engine says
   */
  async export(id: string, folder: string, signal?: AbortSignal): Promise<void> {
    const container = await this.#create(id);
    try {
      const extract = ["/bin/sh", "-c", EXTRACT, "extract", this.#program, container, folder];
      // Also ends the engine and tar.
      const args = ["--kill-after=5", String(EXPORT_TIMEOUT / 1_000), ...extract];
      await run("timeout", args, { ...(signal && { signal }) });
    } catch (error) {
      throw this.#failure(`export ${id}`, saidBy(error));
    } finally {
      await this.#output(["rm", container]).catch(() => {});
    }
  }

  async #create(id: string): Promise<string> {
    try {
      // A command is required, and never run: an image may have none.
      return (
        await this.#output(["create", "--network", "none", id, "/none"], EXPORT_TIMEOUT)
      ).trim();
    } catch (error) {
      throw this.#failure(`create ${id}`, saidBy(error));
    }
  }

  async #output(args: readonly string[], timeout = this.#timeout): Promise<string> {
    const options = {
      timeout,
      killSignal: "SIGKILL",
      maxBuffer: LONGEST_ANSWER,
    } as const;
    return (await run(this.#program, args, options)).stdout;
  }

  /** Runs a command whose output the user sees. */
  async #shown(args: readonly string[], signal?: AbortSignal): Promise<void> {
    const child = spawn(this.#program, args, {
      stdio: ["ignore", 2, 2],
      ...(signal && { signal }),
    });
    const code = await codeOf(child);
    if (code !== 0) throw this.#failure(args.join(" "), `exit code ${code}`);
  }

  #failure(what: string, said: string): HarnessError {
    return new HarnessError("ERR_IMAGE", `${this.name} ${what}: ${said}`);
  }
}

function codeOf(child: ReturnType<typeof spawn>): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
}

/** One line: an engine may warn before its error, and tar has a line for each file. */
function saidBy(error: unknown): string {
  const { stderr = "", killed, code } = error as ExecFileError;
  if ((killed === true && code === null) || code === TIMED_OUT) return "no answer in time";
  const lines = stderr.split("\n").filter((line) => line.trim() !== "");
  const line = lines.find((each) => /no space left|^error/i.test(each)) ?? lines[0];
  return line?.trim() ?? String(error);
}

interface ExecFileError {
  readonly stderr?: string;
  readonly killed?: boolean;
  readonly code?: unknown;
}
