import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** Milliseconds. */
const TIMEOUT = 300_000;

/** The result for one stack. */
export interface Scanned {
  readonly passed: number;
  /** Each with check and resource: `CKV_AWS_297 aws_scheduler_schedule.hourly`. */
  readonly failed: readonly string[];
}

/** A program that finds mistakes in a stack. */
export interface Scanner {
  readonly name: string;
  /** Instruction to install it. */
  readonly install: string;
  /** Files with accepted findings, for protected and for other environments. */
  readonly accepted: { readonly isProtected: string; readonly other: string };
  /** Converts the template for the program. @default unchanged */
  readonly readable?: (template: Template) => object;
  readonly arguments: (folder: string, accepted: string) => readonly string[];
  /** Parses its output. @throws Error if it could not read the stack */
  readonly scanned: (output: string) => Scanned;
}

export type Template = Readonly<Record<string, unknown>>;

interface Options {
  /** The synthesized `cdk.tf.json`. */
  readonly file: string;
  /** The file with accepted findings. */
  readonly accepted: string;
  /** @default the scanner's name */
  readonly command?: string;
  readonly signal?: AbortSignal;
}

/**
 * Scans a copy of a stack.
 *
 * @throws Error if the scanner could not run, could not read the stack, or checked nothing
 */
export async function scan(
  scanner: Scanner,
  { file, accepted, command = scanner.name, signal }: Options,
): Promise<Scanned> {
  const { name, readable = (template) => template } = scanner;
  const folder = mkdtempSync(join(tmpdir(), `${name}-`));
  try {
    // Trivy ignores folders named dev, proc and sys.
    const stack = join(folder, "stack");
    mkdirSync(stack);
    const template = readable(JSON.parse(readFileSync(file, "utf8")) as Template);
    writeFileSync(join(stack, "cdk.tf.json"), JSON.stringify(template, undefined, 2));
    const output = await outputOf(scanner, command, scanner.arguments(stack, accepted), signal);
    const scanned = scanner.scanned(output);
    if (scanned.passed + scanned.failed.length === 0) throw new Error(`${name} checked nothing`);
    return scanned;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Ignores exit code 1, which means findings: they are in the output too. */
async function outputOf(
  { install }: Scanner,
  command: string,
  args: readonly string[],
  signal: AbortSignal | undefined,
): Promise<string> {
  try {
    const options = { timeout: TIMEOUT, maxBuffer: 256 * 1024 * 1024, signal };
    return (await promisify(execFile)(command, args, options)).stdout;
  } catch (error) {
    const { code, stdout = "", message } = error as Error & { code?: unknown; stdout?: string };
    if (code === 1 && stdout !== "") return stdout;
    if (code === "ENOENT") {
      throw new Error(`${command} is not on PATH: ${install}`, { cause: error });
    }
    throw new Error(`${command} could not run: ${message}`, { cause: error });
  }
}
