import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { until } from "../../../harness/plays/stage/until.ts";

/** The programs that give images. */
const ENGINES = new Set(["podman", "docker"]);

/** Podman's answers for a machine without images, where there is no Podman. */
const STAND_IN = `#!/bin/sh
case "$1 $2" in
  "image inspect")
    for name do :; done
    case "$name" in
      *[A-Z\\ ]*) echo "Error: inspecting object: parsing reference \\"$name\\": repository name must be lowercase" >&2 ;;
      *) echo "Error: inspecting object: $name: image not known" >&2 ;;
    esac
    exit 125 ;;
  "image exists") exit 1 ;;
esac
echo '{}'
`;

export type Engine = "with Podman" | "without an engine";

/** ms. A command that has not come so far has failed. */
const PATIENCE = 240_000;

/** Someone who follows a page, in folders of their own outside the clone. */
export class Reader implements Disposable {
  /** The folder of the reader's app. */
  readonly app: string;
  readonly #home: string;
  readonly #path: string;

  constructor(engine: Engine = "without an engine") {
    this.#home = mkdtempSync(join(tmpdir(), "reader-"));
    this.app = join(this.#home, "app");
    mkdirSync(this.app);
    this.#path = this.#pathWith(engine);
  }

  /** Writes a file of the app. */
  write(name: string, text: string): void {
    writeFileSync(join(this.app, name), text);
  }

  /** Runs a command to its end. @returns what it printed @throws Error if it fails */
  async run(command: string, folder = this.app, fails = false): Promise<string> {
    const { child, output } = this.#start(command, folder);
    const [code] = (await once(child, "close", { signal: AbortSignal.timeout(PATIENCE) })) as [
      number | null,
    ];
    if ((code === 0) === fails) throw new Error(`${command}: exit code ${code}\n${output()}`);
    return output();
  }

  /** Runs a command until it prints this, then presses Ctrl-C. @param during called before that */
  async runUntil(
    command: string,
    pattern: RegExp,
    {
      folder = this.app,
      during,
    }: { folder?: string; during?: (output: string) => Promise<void> } = {},
  ): Promise<string> {
    const { child, output } = this.#start(command, folder);
    const ended = once(child, "close") as Promise<[number | null]>;
    try {
      await until(
        `${command} prints ${pattern}`,
        () => {
          if (child.exitCode !== null) throw new Error(`${command} has ended:\n${output()}`);
          return pattern.test(output());
        },
        { timeout: PATIENCE },
      ).catch((cause: unknown) => {
        throw new Error(`${command}:\n${output()}`, { cause });
      });
      await during?.(output());
    } finally {
      // A terminal sends it to the whole group.
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGINT");
    }
    const [code] = await ended;
    if (code !== 0) throw new Error(`${command}: exit code ${code} after Ctrl-C\n${output()}`);
    return output();
  }

  [Symbol.dispose](): void {
    rmSync(this.#home, { recursive: true, force: true });
  }

  #start(command: string, cwd: string) {
    const child = spawn("bash", ["-c", command], {
      cwd,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, PATH: this.#path, NO_COLOR: "1", npm_config_loglevel: "error" },
    });
    let printed = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => (printed += text));
    }
    return { child, output: () => printed };
  }

  /** One folder with a link to each program of this machine, but to an engine only if the reader has one. */
  #pathWith(engine: Engine): string {
    const programs = join(this.#home, "programs");
    mkdirSync(programs);
    const hasEngine = engine === "with Podman";
    // Not by what is in the folder: a link may lead nowhere, or to itself.
    const seen = new Set<string>();
    for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
      if (folder.includes("node_modules") || !existsSync(folder)) continue;
      for (const name of readdirSync(folder)) {
        if (seen.has(name) || (ENGINES.has(name) && !(hasEngine && name === "podman"))) continue;
        seen.add(name);
        symlinkSync(join(folder, name), join(programs, name));
      }
    }
    const podman = join(programs, "podman");
    if (hasEngine && !existsSync(podman)) {
      writeFileSync(podman, STAND_IN);
      chmodSync(podman, 0o755);
    }
    return programs;
  }
}
