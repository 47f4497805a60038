import { UsageError } from "../../harness/commands/command-line.ts";

/** Sources whose mutants are made, and the pure tests that must notice them. */
export interface Part {
  /** The folder of the sources. */
  readonly folder: string;
  /** File names in it. */
  readonly files: readonly string[];
  /** Globs. No test in them opens a socket or starts a process. */
  readonly tests: readonly string[];
  /** They judge synthesized templates, which are made once: see kept-synthesis.ts. */
  readonly needsTemplates?: boolean;
}

/** The rules by what they are about, each with a test file of its own. */
const RULES = [
  "agent",
  "discovery",
  "ecs",
  "efs",
  "elasticache",
  "hosts",
  "modes",
  "network",
  "operation",
  "redis-life",
  "redis",
  "roles",
  "schedules",
  "silence",
  "terraform",
];

/** The files of the package by folder, each with the tests that are about it: a mutant's run loads no others. */
const RUNTIME: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  dial: {
    addresses: ["addresses"],
    attempts: ["attempts"],
    cooldown: ["cooldown"],
    deadline: ["deadline"],
    dial: ["dial-virtual", "dial-kept-virtual"],
    dialer: ["dialer-virtual", "dial-virtual", "locate", "moved"],
    listed: ["listed"],
    locate: ["locate"],
    moved: ["moved"],
    options: ["options"],
    order: ["order"],
    race: ["race"],
  },
  answers: {
    answers: ["answers"],
    cached: ["cached"],
    present: ["present"],
    source: ["source", "source-addresses"],
    "known-addresses": ["known-addresses"],
    watch: ["watch"],
  },
  dns: {
    "dns-resolver": ["dns-resolver-options"],
    layout: ["layout"],
    message: ["message"],
    presentation: ["presentation"],
    query: ["query-virtual"],
    records: ["records", "resolver"],
    resolver: ["resolver"],
    servers: ["servers"],
  },
};

export const PARTS: readonly Part[] = [
  ...Object.entries(RUNTIME).flatMap(([folder, files]) =>
    Object.entries(files).map(([file, tests]) => ({
      folder: `runtime/src/${folder}`,
      files: [`${file}.ts`],
      tests: tests.map((each) => `test/runtime/${folder}/${each}.test.ts`),
    })),
  ),
  ...RULES.map(rulesOf),
  {
    folder: "stacks/rules",
    files: [
      "host-templates.ts",
      "index.ts",
      "maxmemory.ts",
      "redis-finding.ts",
      "redis-writer-rules.ts",
      "rule-error.ts",
      "rule.ts",
      "security-groups.ts",
      "tasks.ts",
      "template.ts",
      "terraform-duration.ts",
    ],
    tests: ["test/stacks/rules/*.test.ts"],
    needsTemplates: true,
  },
];

/** Files in those folders that no pure test can judge. The tests with sockets do. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  "runtime/src/dial/attempt.ts": "a handshake of TLS needs a socket of the system",
  "runtime/src/dns/channel.ts": "it is a UDP socket",
  "runtime/src/dns/exchange.ts": "it is a UDP socket and a TCP connection",
};

/** A file of rules: only the tests of its own subject break them. */
function rulesOf(name: string): Part {
  const tests = ["rule-error", `${name}-rules`].map((each) => `test/stacks/rules/${each}.test.ts`);
  return { folder: "stacks/rules", files: [`${name}-rules.ts`], tests, needsTemplates: true };
}

/** A source file, and the tests that judge its mutants. A run is of one: what is done is kept. */
export interface Subject extends Omit<Part, "files"> {
  /** Its path. */
  readonly file: string;
}

/**
 * What a path is about: all there is without one, a folder, or a file.
 *
 * @throws an error that says what is allowed
 */
export function subjectsOf(
  path: string | undefined,
  parts: readonly Part[] = PARTS,
): readonly Subject[] {
  const all = parts.flatMap(({ files, ...part }) =>
    files.map((file): Subject => ({ ...part, file: `${part.folder}/${file}` })),
  );
  if (path === undefined) return all;
  const found = all.filter(({ folder, file }) => path === folder || path === file);
  if (found.length > 0) return found;
  const folders = [...new Set(parts.map(({ folder }) => folder))];
  const allowed = folders.map((each) => {
    const files = parts.filter(({ folder }) => folder === each).flatMap((part) => part.files);
    return `${each} (${files.join(", ")})`;
  });
  throw new UsageError(
    `error: argument [path]: got ${path}; allowed: a folder or a file of ${allowed.join("; ")}`,
  );
}
