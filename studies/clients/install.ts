import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Language, PROGRAMS } from "./clients.ts";

/** ms. Rust compiles for minutes on two cores. */
const TIMEOUT = 900_000;

/** How the programs of a language are built, in its folder. */
const COMMANDS: Readonly<Record<Language, string>> = {
  node: "npm ci --no-audit --no-fund",
  go: "go build -o build/programs .",
  python:
    "python3 -m venv build/venv && build/venv/bin/pip install --quiet --requirement requirements.txt",
  java: "mvn --quiet --batch-mode package",
  rust: "cargo build --quiet --release --locked --target-dir build",
};

/** Builds the programs of a language. @returns why they cannot be built; undefined if they are there */
export async function install(
  language: Language,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const options = { cwd: join(PROGRAMS, language), timeout: TIMEOUT, signal };
    await promisify(execFile)("sh", ["-c", COMMANDS[language]], options);
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    const { stderr = "", message } = error as { stderr?: string; message: string };
    return (stderr || message).trim().split("\n").at(-1) ?? message;
  }
}
