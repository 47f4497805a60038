import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../../../harness/ecs/programs/free-port.ts";
import { packPackage } from "../../runtime/support/packed.ts";

const SOURCE = join(import.meta.dirname, "../../../examples/app");

interface Instruction {
  readonly name: string;
  readonly rest: string;
}

const instructions: readonly Instruction[] = readFileSync(join(SOURCE, "Dockerfile"), "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"))
  .map((line) => {
    const [, name = "", rest = ""] = /^([A-Z]+) (.+)$/.exec(line) ?? [];
    return { name, rest };
  });

const rests = (name: string): string[] =>
  instructions.filter((each) => each.name === name).map(({ rest }) => rest);

/** The instructions as a shell script for the image's folder. The build context is `$CONTEXT`. */
function script(): string {
  const lines = instructions.flatMap(({ name, rest }) => {
    if (name === "RUN") return [rest];
    if (name !== "COPY") return [];
    const words = rest.split(" ");
    const target = words.pop() ?? "";
    return [`cp ${words.map((word) => `"$CONTEXT"/${word}`).join(" ")} ${target}`];
  });
  return ["set -e", ...lines].join("\n");
}

/** Runs a command. @returns its output if it failed */
async function run(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<string> {
  const [program = "", ...rest] = args;
  const child = spawn(program, rest, { cwd, env: { ...process.env, ...env }, timeout: 60_000 });
  let written = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (written += text));
  }
  const code = await new Promise((resolve) => child.once("close", resolve));
  return code === 0 ? "" : written;
}

describe("the Dockerfile of the example app", () => {
  const folder = mkdtempSync(join(tmpdir(), "example-app-"));
  const context = join(folder, "context");
  const image = join(folder, "image");

  beforeAll(async () => {
    cpSync(SOURCE, context, { recursive: true });
    mkdirSync(image);
    await packPackage(context);
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));

  it("has known instructions and copies existing files", () => {
    const known = ["FROM", "WORKDIR", "COPY", "RUN", "USER", "ENV", "EXPOSE", "CMD"];
    expect(known).toEqual(expect.arrayContaining(instructions.map(({ name }) => name)));
    const ignored = readFileSync(join(SOURCE, ".dockerignore"), "utf8").split("\n");
    for (const copy of rests("COPY")) {
      for (const source of copy.split(" ").slice(0, -1)) expect(ignored).toContain(`!${source}`);
    }
  });

  it("builds an image folder in which the app passes its health check", async () => {
    await expect(run(["sh", "-c", script()], image, { CONTEXT: context })).resolves.toBe("");

    const [program = "", ...args] = JSON.parse(rests("CMD").at(-1) ?? "[]") as string[];
    const port = String(await freePort());
    const child = spawn(program, args, { cwd: image, env: { ...process.env, PORT: port } });
    try {
      const health = () => fetch(`http://127.0.0.1:${port}/healthz`).then(({ status }) => status);
      await expect.poll(health).toBe(200);
    } finally {
      child.kill("SIGKILL");
    }
  }, 120_000);
});
