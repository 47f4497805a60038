import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, realpathSync } from "node:fs";
import { dirname } from "node:path";
import { Engine } from "../../../harness/ecs/index.ts";
import { findCommand, thisSystem } from "../../../harness/ecs/programs/operating-system.ts";
import { imageFiles } from "../../harness/ecs/fixture/image-files.ts";
import { importImage, ownPodman } from "../../support/podman.ts";

/**
 * Set, Docker builds on the official images, which it fetches. Otherwise Podman builds on images of the same names, made of
 * this machine's programs: the tests need no registry of images.
 */
const IS_OFFICIAL = process.env["OFFICIAL_IMAGES"] === "1";

/** The certificates that this machine trusts. Its registries may need them. */
const CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt";

interface Base {
  readonly programs: readonly string[];
  /** The programs' own libraries. */
  readonly folders: readonly string[];
  readonly changes?: readonly string[];
}

const BASES = {
  "docker.io/library/node:24-slim": (): Base => ({
    programs: ["sh", "env", "node", "npm"],
    folders: [packageOf("npm")],
    changes: [`ENV npm_config_registry=${said("npm", "config", "get", "registry")}`],
  }),
  // Debian's: another Python may have gigabytes of packages.
  "docker.io/library/python:3.13-slim": (): Base => ({
    programs: ["sh", "/usr/bin/python3", "/usr/bin/pip"],
    folders: [standardLibrary(), "/usr/lib/python3/dist-packages/pip"],
    // As in the official image, pip may install beside Debian's packages.
    changes: ["ENV PIP_BREAK_SYSTEM_PACKAGES=1"],
  }),
  "docker.io/library/golang:1.25": (): Base => ({
    programs: ["sh", "go"],
    folders: compilerAndLibrary(said("go", "env", "GOROOT")),
  }),
  "gcr.io/distroless/static-debian12:nonroot": (): Base => ({
    programs: [],
    folders: [],
    changes: ["USER 65534"],
  }),
};

export interface ExampleEngine extends Disposable {
  readonly engine: Engine;
}

/** An engine with images to build on. @param bases what the Dockerfiles name after FROM */
export function exampleEngine(...bases: readonly (keyof typeof BASES)[]): ExampleEngine {
  if (IS_OFFICIAL) return { engine: found("docker"), [Symbol.dispose]: () => {} };
  const own = ownPodman("overlay");
  try {
    for (const tag of bases) importBase(tag, BASES[tag]());
    return { engine: found("podman"), [Symbol.dispose]: () => own[Symbol.dispose]() };
  } catch (error) {
    own[Symbol.dispose]();
    throw error;
  }
}

function importBase(tag: string, { programs, folders, changes = [] }: Base): void {
  const trusted = existsSync(CERTIFICATES) ? [CERTIFICATES] : [];
  const trust = trusted.flatMap((file) => [
    `ENV NODE_EXTRA_CA_CERTS=${file}`,
    `ENV PIP_CERT=${file}`,
  ]);
  using files = imageFiles(programs, [...folders, ...trusted]);
  importImage(tag, files.root, [...changes, ...trust]);
}

function found(name: "docker" | "podman"): Engine {
  const engine = Engine.find(name);
  if (engine === undefined) throw new Error(`no ${name}`);
  return engine;
}

/** The folder of the npm package with a program. */
function packageOf(program: string): string {
  const path = realpathSync(findCommand(thisSystem(), program) ?? "");
  return dirname(dirname(path));
}

/** Go without the sources of its own commands, which are half of it. */
function compilerAndLibrary(root: string): string[] {
  const packages = readdirSync(`${root}/src`).filter((name) => name !== "cmd");
  return [`${root}/bin`, `${root}/pkg`, ...packages.map((name) => `${root}/src/${name}`)];
}

const standardLibrary = (): string =>
  said("/usr/bin/python3", "-c", "import sysconfig; print(sysconfig.get_path('stdlib'))");

const said = (program: string, ...args: readonly string[]): string =>
  execFileSync(program, args, { encoding: "utf8" }).trim();
