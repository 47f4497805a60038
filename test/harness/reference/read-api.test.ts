import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Api, ApiName } from "../../../harness/reference/api.ts";
import { readApi, readEntries } from "../../../harness/reference/read-api.ts";

const folders: string[] = [];

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function write(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "reference-"));
  folders.push(folder);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** A package with one entry, and beside it the file `base.d.ts`. */
function readDeclarations(declarations: string, base = "export {};"): readonly ApiName[] {
  const folder = write({
    "package.json": JSON.stringify({
      name: "demo",
      exports: { ".": { types: "./dist/index.d.ts" } },
    }),
    "dist/index.d.ts": declarations,
    "dist/base.d.ts": base,
  });
  return namesOf(readApi(folder));
}

function readSource(source: string): readonly ApiName[] {
  return namesOf(readEntries({ demo: join(write({ "index.ts": source }), "index.ts") }));
}

const namesOf = ({ entries }: Api): readonly ApiName[] => entries[0]?.names ?? [];
const membersOf = ([name]: readonly ApiName[]): string[] =>
  (name?.members ?? []).map((member) => member.name);

describe("the names of a built package", () => {
  it("are those of each entry that has types, in the order of the alphabet", () => {
    const folder = write({
      "package.json": JSON.stringify({
        name: "demo",
        exports: {
          ".": { types: "./dist/index.d.ts", default: "./dist/index.js" },
          "./more": { types: "./dist/more.d.ts" },
          "./package.json": "./package.json",
        },
      }),
      "dist/index.d.ts":
        'export type { B } from "./more.ts"; export { a } from "./more.ts"; export declare class C {}',
      "dist/more.d.ts":
        "/** One. */\nexport declare const a: 1;\nexport interface B {}\ninterface Hidden {}\nexport {};",
    });
    const told = readApi(folder).entries.map(({ entry, names }) => ({
      entry,
      names: names.map(({ name, kind }) => `${kind} ${name}`),
    }));
    expect(told).toEqual([
      { entry: "demo", names: ["interface B", "class C", "constant a"] },
      { entry: "demo/more", names: ["interface B", "constant a"] },
    ]);
  });

  it("have a signature in one line, without docstrings, and the docstring beside it", () => {
    const [options] = readDeclarations(`
      /** What can be set. */
      export interface Options {
        /** In ms. @default 1000 */
        timeout?: number;
        // The oldest.
        readonly name: string;
      }`);
    expect(options).toEqual({
      name: "Options",
      kind: "interface",
      signature: "interface Options { timeout?: number; readonly name: string; }",
      docs: { text: "What can be set.", tags: [] },
      members: [
        {
          name: "timeout",
          signature: "timeout?: number",
          isOptional: true,
          docs: { text: "In ms.", tags: [{ name: "default", text: "1000" }] },
        },
        {
          name: "name",
          signature: "readonly name: string",
          isOptional: false,
          docs: { text: "", tags: [] },
        },
      ],
    });
  });

  it("have every overload, and the docstring of one", () => {
    const [open] = readDeclarations(`
      /** Opens. */
      export declare function open(name: string): void;
      export declare function open(port: number): void;`);
    expect(open).toMatchObject({
      kind: "function",
      signature: "function open(name: string): void; function open(port: number): void;",
      docs: { text: "Opens." },
      members: [],
    });
  });

  it("of an interface have the members of those of the package that it extends, and no others", () => {
    const declarations = `
      import type { Base } from "./base.ts";
      import type { Stranger } from "stranger";
      export interface Own extends Pick<Base, "kept">, Stranger, Iterable<string> { own: 1 }`;
    const base = "export interface Base {\n/** Kept. */\nkept?: 1; left: 2 }";
    const names = readDeclarations(declarations, base);
    expect(membersOf(names)).toEqual(["own", "kept"]);
    expect(names[0]?.members[1]).toMatchObject({ isOptional: true, docs: { text: "Kept." } });
  });

  it("of a class have its constructor, its statics and its members, without the private ones", () => {
    const [dial] = readDeclarations(`
      export declare class Dial extends Error {
        #private;
        static close(): void;
        constructor(name: string);
        /** Read. */
        get isOpen(): boolean;
        private secret;
        protected half: number;
        /** @internal */
        inner(): void;
        _read(): void;
      }`);
    expect(dial?.members.map(({ signature }) => signature)).toEqual([
      "constructor(name: string)",
      "static close(): void",
      "get isOpen(): boolean",
    ]);
    expect(dial?.signature).toBe(
      "class Dial extends Error { static close(): void; constructor(name: string); get isOpen(): boolean; }",
    );
  });

  it("of an interface like a function or a class have what is called and constructed", () => {
    const names = readDeclarations(
      "export interface Make { new (name: string): Date; (port: number): void; close(): void }",
    );
    expect(names[0]?.members.map(({ name, signature }) => [name, signature])).toEqual([
      ["new", "new (name: string): Date"],
      ["()", "(port: number): void"],
      ["close", "close(): void"],
    ]);
  });

  it("of a type have the members of all its parts, and none of a string's", () => {
    expect(
      membersOf(readDeclarations("export type A = ({ a: 1 } | { b?: 2 }) & { c: 3 };")),
    ).toEqual(["a", "c", "b"]);
    expect(membersOf(readDeclarations('export type A = "a" | "b";'))).toEqual([]);
  });

  it("are not read where a file is missing", () => {
    const exports = { ".": { types: "./dist/gone.d.ts" } };
    const folder = write({ "package.json": JSON.stringify({ name: "demo", exports }) });
    expect(() => readApi(folder)).toThrow(/gone\.d\.ts/);
  });
});

describe("the names of sources", () => {
  it("have no bodies and no initial values", () => {
    const names = readSource(`
      export class A extends Error {
        readonly parts: string[] = [];
        readonly count = 1;
        static { }
        constructor(name = "a") { super(name); }
        async run(): Promise<void> { await this.parts; }
      }
      export function open(name: string): void;
      export function open(port: number): void;
      export function open(of: unknown): void { String(of); }
      export const limit = 5;`);
    expect(names.map(({ signature }) => signature)).toEqual([
      'class A extends Error { readonly parts: string[]; readonly count: 1; constructor(name = "a"); run(): Promise<void>; }',
      "const limit: 5;",
      "function open(name: string): void; function open(port: number): void;",
    ]);
  });
});
