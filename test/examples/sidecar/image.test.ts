import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { engineImage, type LocalImage, whyNoImages } from "../../../harness/ecs/index.ts";
import { go, python, type SidecarProgram } from "../../../harness/plays/setups/sidecar-programs.ts";
import { sidecar } from "../../../harness/plays/setups/sidecar-setup.ts";
import { figureOf, heldIn } from "../../harness/plays/scenarios/held-in.ts";
import { buildContext } from "../support/build-context.ts";
import { type ExampleEngine, exampleEngine } from "../support/example-engine.ts";

// The scenarios sidecar-python and sidecar-go, with containers from the Dockerfiles of examples/sidecar and of the package's
// page on sidecars.

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const EXAMPLES = join(ROOT, "examples/sidecar");

/** Why this machine cannot run images; undefined if it can. */
const why = await whyNoImages();
/** Why it cannot install a Python package; undefined if it can. */
const noPackage = why ?? (await whyNoPythonPackage());

describe.runIf(why === undefined)("the images of the sidecar examples", () => {
  let example: ExampleEngine;
  let forward: LocalImage;
  beforeAll(async () => {
    example = exampleEngine(
      "docker.io/library/node:24-slim",
      "docker.io/library/python:3.13-slim",
      "docker.io/library/golang:1.25",
      "gcr.io/distroless/static-debian12:nonroot",
    );
    using context = await buildContext(writeForward);
    forward = await built(context.path, "srv-dialer");
  }, 300_000);
  afterAll(() => example[Symbol.dispose]());

  async function built(folder: string, tag: string): Promise<LocalImage> {
    await example.engine.build(folder, tag);
    return (await engineImage(example.engine, tag)) ?? {};
  }

  /** The scenario's setup, with images in place of this machine's programs. */
  async function withImages(program: SidecarProgram, folder: string, name: string) {
    const image = await built(join(EXAMPLES, folder), name);
    const setup = sidecar({ ...program, images: () => ({ [name]: image }) });
    const images = { ...setup.local.images, "srv-dialer": forward };
    return { ...setup, local: { ...setup.local, images } };
  }

  it("reach Redis in Go", async () => {
    const setup = await withImages(go, "go", "counter-go");
    const recording = await heldIn("sidecar-go", setup);
    expect(Number(figureOf(recording, "program counted to"))).toBeGreaterThanOrEqual(40);
  });

  it.runIf(noPackage === undefined)("reach Redis in Python", async () => {
    const setup = await withImages(python, "python", "counter-python");
    const recording = await heldIn("sidecar-python", setup);
    expect(Number(figureOf(recording, "program counted to"))).toBeGreaterThanOrEqual(40);
  });

  it.runIf(noPackage !== undefined)("need Python's packages in Python", async () => {
    expect(noPackage).toMatch(/No matching distribution found for redis/);
    await expect(built(join(EXAMPLES, "python"), "counter-python")).rejects.toThrow(
      /^podman build .*: exit code \d+$/,
    );
  });
});

/** The Dockerfile of the package's page. */
function writeForward(folder: string): void {
  const page = readFileSync(join(ROOT, "runtime/docs/sidecar.md"), "utf8");
  writeFileSync(join(folder, "Dockerfile"), /```dockerfile\n([^]*?)```/.exec(page)?.[1] ?? "");
}

/** What this machine's pip says of the package that the Dockerfile installs. */
async function whyNoPythonPackage(): Promise<string | undefined> {
  const [, name = ""] =
    /RUN pip install .* (\S+)$/m.exec(readFileSync(join(EXAMPLES, "python/Dockerfile"), "utf8")) ??
    [];
  const folder = mkdtempSync(join(tmpdir(), "python-"));
  try {
    await promisify(execFile)("/usr/bin/pip", [
      "download",
      "--no-deps",
      "--retries=1",
      "--dest",
      folder,
      name,
    ]);
    return undefined;
  } catch (error) {
    return (error as { stderr?: string }).stderr ?? String(error);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
