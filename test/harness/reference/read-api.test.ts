import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Api, ApiName } from "../../../harness/reference/api.ts";
import { readApi, readSource } from "../../../harness/reference/read-api.ts";

/** Declarations of a package's entries. Read together: each reading begins with those of JavaScript itself. */
const ENTRIES = {
  two: 'export type { B } from "./more.ts"; export { a } from "./more.ts"; export declare class C {}',
  more: "/** One. */\nexport declare const a: 1;\nexport interface B {}\ninterface Hidden {}\nexport {};",
  options: `
    /** What can be set. */
    export interface Options {
      /** In ms. @default 1000 */
      timeout?: number;
      // The oldest.
      readonly name: string;
    }`,
  overloads: `
    /** Opens. */
    export declare function open(name: string): void;
    export declare function open(port: number): void;`,
  base: "export interface Base {\n/** Kept. */\nkept?: 1; left: 2 }",
  heir: `
    import type { Base } from "./base.ts";
    import type { Stranger } from "stranger";
    export interface Own extends Pick<Base, "kept">, Stranger, Iterable<string> { own: 1 }`,
  class: `
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
    }`,
  called: "export interface Make { new (name: string): Date; (port: number): void; close(): void }",
  parts: "export type A = ({ a: 1 } | { b?: 2 }) & { c: 3 };",
  text: 'export type A = "a" | "b";',
};

const SOURCE = `
  import type { Deeper } from "./deeper.ts";
  export class A extends Error {
    readonly parts: string[] = [];
    readonly count = 1;
    static { }
    constructor(name = "a") { super(name); }
    async run(): Promise<Deeper> { await this.parts; }
  }
  export function open(name: string): void;
  export function open(port: number): void;
  export function open(of: unknown): void { String(of); }
  export const limit = 5;`;

/** Writes files, and reads them. */
function read(files: Readonly<Record<string, string>>, reader: (folder: string) => Api): Api {
  const folder = mkdtempSync(join(tmpdir(), "reference-"));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return reader(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const paths = Object.keys(ENTRIES).map((name) => [`./${name}`, { types: `./dist/${name}.d.ts` }]);
const exported = { ...Object.fromEntries(paths), "./package.json": "./package.json" };
const built = read(
  {
    "package.json": JSON.stringify({ name: "demo", exports: exported }),
    ...Object.fromEntries(
      Object.entries(ENTRIES).map(([name, text]) => [`dist/${name}.d.ts`, text]),
    ),
  },
  readApi,
);

const namesOf = (entry: keyof typeof ENTRIES): readonly ApiName[] =>
  built.entries.find((each) => each.entry === `demo/${entry}`)?.names ?? [];
const told = (names: readonly ApiName[]): string[] =>
  names.map(({ name, kind }) => `${kind} ${name}`);
const membersOf = (entry: keyof typeof ENTRIES): string[] =>
  (namesOf(entry)[0]?.members ?? []).map(({ name }) => name);

describe("the names of a built package", () => {
  it("are those of each entry that has types", () => {
    expect(built.entries.map(({ entry }) => entry)).toEqual(
      Object.keys(ENTRIES).map((name) => `demo/${name}`),
    );
  });

  it("are those that an entry exports, in the order of the alphabet", () => {
    expect(told(namesOf("two"))).toEqual(["interface B", "class C", "constant a"]);
    expect(told(namesOf("more"))).toEqual(["interface B", "constant a"]);
  });

  it("have a signature in one line, without docstrings, and the docstring beside it", () => {
    expect(namesOf("options")).toEqual([
      {
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
      },
    ]);
  });

  it("have every overload, and the docstring of one", () => {
    expect(namesOf("overloads")).toMatchObject([
      {
        kind: "function",
        signature: "function open(name: string): void; function open(port: number): void;",
        docs: { text: "Opens." },
        members: [],
      },
    ]);
  });

  it("of an interface have the members of those of the package that it extends, and no others", () => {
    expect(membersOf("heir")).toEqual(["own", "kept"]);
    const [own] = namesOf("heir");
    expect(own?.members[1]).toMatchObject({ isOptional: true, docs: { text: "Kept." } });
  });

  it("of a class have its constructor, its statics and its members, without the private ones", () => {
    const [dial] = namesOf("class");
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
    const [make] = namesOf("called");
    expect(make?.members.map(({ name, signature }) => [name, signature])).toEqual([
      ["new", "new (name: string): Date"],
      ["()", "(port: number): void"],
      ["close", "close(): void"],
    ]);
  });

  it("of a type have the members of all its parts, and none of a string's", () => {
    expect(membersOf("parts")).toEqual(["a", "c", "b"]);
    expect(membersOf("text")).toEqual([]);
  });

  it("are not read where a file is missing", () => {
    const exports = { ".": { types: "./dist/gone.d.ts" } };
    const files = { "package.json": JSON.stringify({ name: "demo", exports }) };
    expect(() => read(files, readApi)).toThrow(/gone\.d\.ts/);
  });
});

describe("the names of a source file", () => {
  it("have no bodies and no initial values, and those of the files it imports", () => {
    const files = {
      "index.ts": 'export * from "./names.ts";',
      "names.ts": SOURCE,
      "deeper.ts": "this is not read",
    };
    const { entries } = read(files, (folder) => readSource("demo", join(folder, "index.ts")));
    expect(entries[0]?.names.map(({ signature }) => signature)).toEqual([
      'class A extends Error { readonly parts: string[]; readonly count: 1; constructor(name = "a"); run(): Promise<Deeper>; }',
      "const limit: 5;",
      "function open(name: string): void; function open(port: number): void;",
    ]);
  });
});
