import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Api } from "../../../harness/reference/api.ts";
import { readApi } from "../../../harness/reference/read-api.ts";
import { compareApi } from "../../../harness/release/api-changes.ts";

/** A package as its users see it: the declarations of each entry. */
function packageOf(entries: Readonly<Record<string, string>>): Api {
  const folder = mkdtempSync(join(tmpdir(), "api-"));
  try {
    const exports = Object.entries(entries).map(([entry, text], at) => {
      writeFileSync(join(folder, `entry-${at}.d.ts`), text);
      return [entry.replace("srv-dialer", "."), { types: `./entry-${at}.d.ts` }] as const;
    });
    const json = { name: "srv-dialer", exports: Object.fromEntries(exports) };
    writeFileSync(join(folder, "package.json"), JSON.stringify(json));
    return readApi(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const dialer = `
  /** What a user gives. */
  export interface Options { readonly timeout?: number; readonly cache?: Cache; }
  export interface Cache { readonly minTtl: number; }
  /** What a user gets. */
  export interface Stats { readonly dials: number; }
  export interface Dialer { connect(deadline?: number): Promise<void>; stats(): Stats; }
  export type Family = 4 | 6;
  export type Record = { port: number } & ({ host: string } | { target: string });
  export interface Named { [name: string]: string; title: string; }
  export class DialError extends Error { readonly code: string; constructor(message: string); }
  export function createDialer(name: string, options?: Options): Dialer;
  export function order(family: Family): number[];
`;

const present = packageOf({ "srv-dialer": dialer });

/** The changes from the package above to one in which a piece of text is another. */
function changesOf(piece: string, other: string): string[] {
  expect(dialer).toContain(piece);
  const next = packageOf({ "srv-dialer": dialer.replace(piece, () => other) });
  return compareApi(present, next).map(({ level, text }) => `${level}: ${text}`);
}

describe("what breaks users", () => {
  it.each<[string, string, string, string[]]>([
    [
      "a name that is gone",
      "export function order(family: Family): number[];",
      "",
      ["major: srv-dialer: order is gone"],
    ],
    [
      "another parameter",
      "createDialer(name: string,",
      "createDialer(name: string | URL,",
      [
        "major: srv-dialer: createDialer was function createDialer(name: string, options?: Options): Dialer;, and is function createDialer(name: string | URL, options?: Options): Dialer;",
      ],
    ],
    [
      "another kind",
      "export type Family = 4 | 6;",
      "export interface Family { family: 4 | 6 }",
      ["major: srv-dialer: Family was of the kind type, and is interface"],
    ],
    [
      "an option that is gone",
      "readonly timeout?: number; ",
      "",
      ["major: srv-dialer: Options.timeout is gone"],
    ],
    [
      "another type of an option",
      "timeout?: number",
      "timeout?: string",
      [
        "major: srv-dialer: Options.timeout was readonly timeout?: number, and is readonly timeout?: string",
      ],
    ],
    [
      "an option that must be given now",
      "timeout?: number",
      "timeout: number",
      [
        "major: srv-dialer: Options.timeout was readonly timeout?: number, and is readonly timeout: number",
      ],
    ],
    [
      "a new option that must be given",
      "readonly timeout?: number;",
      "readonly timeout?: number; readonly port: number;",
      ["major: srv-dialer: Options.port is new and not optional"],
    ],
    [
      "a new member that must be given, of what an option has",
      "readonly minTtl: number;",
      "readonly minTtl: number; readonly maxTtl: number;",
      ["major: srv-dialer: Cache.maxTtl is new and not optional"],
    ],
    ["a method that is gone", "stats(): Stats;", "", ["major: srv-dialer: Dialer.stats is gone"]],
    [
      "another constructor",
      "constructor(message: string)",
      "constructor(message: string, code: string)",
      [
        "major: srv-dialer: DialError.constructor was constructor(message: string), and is constructor(message: string, code: string)",
      ],
    ],
    [
      "another class that is extended",
      "class DialError extends Error",
      "class DialError extends TypeError",
      [
        "major: srv-dialer: DialError was class DialError extends Error {}, and is class DialError extends TypeError {}",
      ],
    ],
    [
      "another union",
      "type Family = 4 | 6",
      "type Family = 4 | 6 | 0",
      ["major: srv-dialer: Family was type Family = 4 | 6;, and is type Family = 4 | 6 | 0;"],
    ],
    [
      "one variant of a union",
      "{ target: string }",
      "{ target: URL }",
      [
        "major: srv-dialer: Record was type Record = { port: number } & ({ host: string } | { target: string });, and is type Record = { port: number } & ({ host: string } | { target: URL });",
        "major: srv-dialer: Record.target was target: string, and is target: URL",
      ],
    ],
    [
      "a member without a name",
      "[name: string]: string;",
      "[name: string]: number | string;",
      [
        "major: srv-dialer: Named was interface Named {} [name: string]: string, and is interface Named {} [name: string]: number | string",
      ],
    ],
  ])("is %s", (_, piece, other, changes) => {
    expect(changesOf(piece, other)).toEqual(changes);
  });

  it("is an entry that is gone", () => {
    const old = packageOf({ "srv-dialer": dialer, "srv-dialer/http": "export const agent: 1;" });
    expect(compareApi(old, present)).toEqual([
      { level: "major", text: "srv-dialer/http: the entry is gone" },
    ]);
  });
});

describe("what only adds", () => {
  it.each<[string, string, string, string]>([
    [
      "a new name",
      "export type Family",
      "export const VERSION: string; export type Family",
      "VERSION is new",
    ],
    [
      "a new option",
      "readonly timeout?: number;",
      "readonly timeout?: number; readonly pace?: number;",
      "Options.pace is new",
    ],
    [
      "a new figure in what users get",
      "readonly dials: number;",
      "readonly dials: number; readonly failures: number;",
      "Stats.failures is new",
    ],
    [
      "a new method of a class",
      "readonly code: string;",
      "readonly code: string; toJSON(): object;",
      "DialError.toJSON is new",
    ],
  ])("is %s", (_, piece, other, change) => {
    expect(changesOf(piece, other)).toEqual([`minor: srv-dialer: ${change}`]);
  });

  it("is a new entry", () => {
    const next = packageOf({ "srv-dialer": dialer, "srv-dialer/grpc": "export const NAME: 1;" });
    expect(compareApi(present, next)).toEqual([
      { level: "minor", text: "srv-dialer/grpc: the entry is new" },
    ]);
  });
});

describe("what changes nothing", () => {
  it.each<[string, string, string]>([
    ["a docstring", "/** What a user gives. */", "/** What is given. */"],
    [
      "the order of members",
      "readonly timeout?: number; readonly cache?: Cache;",
      "readonly cache?: Cache; readonly timeout?: number;",
    ],
  ])("is %s", (_, piece, other) => {
    expect(changesOf(piece, other)).toEqual([]);
  });
});

it("tells what breaks before what adds", () => {
  const changes = changesOf("readonly timeout?: number;", "readonly deadline?: number;");
  expect(changes).toEqual([
    "major: srv-dialer: Options.timeout is gone",
    "minor: srv-dialer: Options.deadline is new",
  ]);
});
