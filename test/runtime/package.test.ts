import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync } from "node:fs";
import { rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import redis from "redis/package.json" with { type: "json" };
import manifest from "../../runtime/package.json" with { type: "json" };
import { linksOf } from "../support/markdown.ts";
import { install, startNode } from "./support/installed.ts";
import { layOutPackage, unpackPackage } from "./support/packed.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SOURCES = join(ROOT, "runtime/src");
/** Runs a script in a folder with the installed package. @returns its output, parsed as JSON */
async function evaluate(
  script: string,
  { peers = [], flags = [] }: { peers?: string[]; flags?: string[] } = {},
): Promise<unknown> {
  using installation = install();
  for (const peer of peers) {
    const link = join(installation.folder, "node_modules", peer);
    mkdirSync(join(link, ".."), { recursive: true });
    symlinkSync(join(ROOT, "node_modules", peer), link);
  }
  const args = [...flags, "-e", script];
  await using node = startNode(args, {}, installation.folder);
  const { code, stdout, stderr } = await node.outcome;
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return JSON.parse(stdout);
}

/** The files in a folder and its subfolders, sorted. */
function filesIn(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return names.filter((name) => statSync(join(folder, name)).isFile()).toSorted();
}

/** The files in a folder, with their text and whether they are executable. */
function contentsOf(folder: string): [name: string, text: string, isProgram: boolean][] {
  return filesIn(folder).map((name) => {
    const path = join(folder, name);
    return [name, readFileSync(path, "utf8"), (statSync(path).mode & 0o111) !== 0];
  });
}

/** The names that a built file exports, without those that only CommonJS has. */
async function exportedNames(file: string): Promise<string[]> {
  const names = Object.keys((await import(join(ROOT, "runtime/dist", file))) as object);
  return names
    .filter((name) => !["default", "module.exports", "__esModule"].includes(name))
    .toSorted();
}

describe("the package as it is packed", () => {
  const modules = filesIn(SOURCES).filter((name) => name.endsWith(".ts"));
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "srv-dialer-packed-"));
    await unpackPackage(folder);
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("contains each source as CommonJS with types, and all but the command as an ES module, and no other code", () => {
    const names = modules.map((source) => source.replace(/\.ts$/, ""));
    const library = names.filter((name) => !/^cli(\/|$)/.test(name));
    const code = [
      ...library.map((name) => `esm/${name}.js`),
      ...names.flatMap((name) => [`cjs/${name}.js`, `cjs/${name}.d.ts`]),
      ...library
        .filter((name) => !name.includes("/"))
        .flatMap((name) => [`${name}.js`, `${name}.d.ts`]),
    ];
    expect(filesIn(join(folder, "dist"))).toEqual([...code, "cjs/package.json"].toSorted());
    const others = filesIn(folder).filter((name) => !name.startsWith("dist/"));
    const pages = readdirSync(join(ROOT, "runtime/docs")).map((name) => `docs/${name}`);
    expect(others).toEqual(["BENCHMARKS.md", "LICENSE", "README.md", ...pages, "package.json"]);
  });

  it("exports the same names to import, to require and to bundlers", async () => {
    for (const entry of modules.filter((name) => !name.includes("/") && name !== "cli.ts")) {
      const file = entry.replace(/ts$/, "js");
      const forms = ["", "cjs/", "esm/"].map((form) => exportedNames(`${form}${file}`));
      const [toImport = [], ...others] = await Promise.all(forms);
      expect(toImport.length).toBeGreaterThan(0);
      expect(others).toEqual([toImport, toImport]);
    }
  });

  it("is what the tests lay out and run", () => {
    const laidOut = mkdtempSync(join(tmpdir(), "srv-dialer-laid-out-"));
    try {
      layOutPackage(laidOut);
      expect(contentsOf(laidOut)).toEqual(contentsOf(folder));
    } finally {
      rmSync(laidOut, { recursive: true, force: true });
    }
  });

  it("has pages with links only to files in the package", () => {
    const files = filesIn(folder);
    for (const page of files.filter((name) => /^(docs\/.*|README)\.md$/.test(name))) {
      const links = linksOf(readFileSync(join(folder, page), "utf8"));
      const linked = links
        .filter((link) => !/^(https:|#)/.test(link))
        .map((link) => join(page, "..", link.replace(/#.*/, "")));
      expect(files, page).toEqual(expect.arrayContaining(linked));
    }
  });
});

it("names the tested version of node-redis on the page of clients", () => {
  expect(readFileSync(join(ROOT, "runtime/docs/clients.md"), "utf8")).toContain(
    `| redis ${redis.version}`,
  );
});

it("names only existing files on the page for readers of its sources", () => {
  const page = readFileSync(join(SOURCES, "README.md"), "utf8");
  const names = Array.from(page.matchAll(/`([\w-]+\/[\w-]+\.ts)`/g), ([, name = ""]) => name);
  expect(names).not.toEqual([]);
  expect(names.filter((name) => !existsSync(join(SOURCES, name)))).toEqual([]);
});

describe("the package as it is installed", () => {
  it("has peers only for what it imports: it goes with any version of an HTTP or database client", () => {
    const { peerDependencies, peerDependenciesMeta } = manifest;
    const peers = ["@aws-sdk/client-servicediscovery", "dns2", "ioredis", "iovalkey"];
    expect(Object.keys(peerDependencies)).toEqual(peers);
    const optional = Object.fromEntries(peers.map((peer) => [peer, { optional: true }]));
    expect(peerDependenciesMeta).toEqual(optional);
  });

  it("needs none of its optional peers for the dialer", async () => {
    const script =
      'import * as all from "srv-dialer"; console.log(JSON.stringify(Object.keys(all)))';
    const names = await evaluate(script, { flags: ["--input-type=module"] });
    expect(names).toEqual(["SrvDialError", "createSrvDialer", "dnsResolver", "orderTargets"]);
  });

  it("says which package its test server needs, and can be imported without it", async () => {
    const script = `
      import { startDnsServer } from "srv-dialer/testing";
      const { message } = await startDnsServer().catch((error) => error);
      console.log(JSON.stringify(message));`;
    await expect(evaluate(script, { flags: ["--input-type=module"] })).resolves.toBe(
      "srv-dialer/testing needs the package dns2: npm install --save-dev dns2",
    );
  });

  it("can be required, every entry of it", async () => {
    const script = `
      const keys = (name) => Object.keys(require(name)).sort();
      const { exports } = require("srv-dialer/package.json");
      const entries = Object.keys(exports)
        .filter((path) => path !== "." && !path.endsWith(".json"))
        .map((path) => path.replace(".", "srv-dialer"));
      console.log(JSON.stringify(entries.map(keys)));`;
    const peers = ["ioredis", "iovalkey", "dns2", "@aws-sdk/client-servicediscovery"];
    await expect(evaluate(script, { peers })).resolves.toEqual([
      ["SrvConnector", "createRedis", "srvConnector"],
      ["SrvConnector", "createRedis", "srvConnector"],
      ["srvAgent", "srvConnect"],
      ["srvSocket"],
      ["cloudMapResolver"],
      ["startDnsServer"],
    ]);
  });

  it("does nothing on import: no handle, no timer, no listener on the process", async () => {
    // The package debug, which ioredis uses, opens stderr.
    const script = `
      void [process.stdout, process.stderr];
      const state = () => String([process.getActiveResourcesInfo(), process.eventNames()]);
      const before = state();
      const entries = ["", "/ioredis", "/iovalkey", "/http", "/socket", "/testing"];
      for (const entry of entries) require("srv-dialer" + entry);
      const after = state();
      console.log(JSON.stringify(after === before ? "nothing new" : after));`;
    const found = await evaluate(script, { peers: ["ioredis", "iovalkey", "dns2"] });
    expect(found).toBe("nothing new");
  });
});
