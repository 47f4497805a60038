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

/** Of the rules. */
const SUBJECTS: readonly string[] = [];

export const PARTS: readonly Part[] = [
  {
    folder: "runtime/src/dial",
    files: ["order.ts"],
    tests: ["test/runtime/dial/order.test.ts"],
  },
  {
    folder: "runtime/src/dial",
    files: [
      "addresses.ts",
      "attempts.ts",
      "cooldown.ts",
      "deadline.ts",
      "dial.ts",
      "dialer.ts",
      "options.ts",
      "race.ts",
    ],
    tests: [
      "test/runtime/dial/{addresses,attempts,cooldown,deadline,options,race}.test.ts",
      "test/runtime/dial/{dial,dialer}-virtual.test.ts",
    ],
  },
  {
    folder: "runtime/src/answers",
    files: ["answers.ts", "cached.ts", "source.ts", "told-addresses.ts", "watch.ts"],
    tests: ["test/runtime/answers/{answers,cached,source,told-addresses,watch}.test.ts"],
  },
  {
    folder: "runtime/src/dns",
    files: [
      "dns-resolver.ts",
      "message.ts",
      "presentation.ts",
      "query.ts",
      "records.ts",
      "resolver.ts",
      "servers.ts",
    ],
    tests: [
      "test/runtime/dns/{message,presentation,records,resolver,servers}.test.ts",
      "test/runtime/dns/{query-virtual,dns-resolver-options}.test.ts",
    ],
  },
  ...SUBJECTS.map(rulesOf),
];

/** Files in those folders that no pure test can judge. The tests with sockets do. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  "runtime/src/dial/attempt.ts": "a handshake of TLS needs a socket of the system",
  "runtime/src/dns/channel.ts": "it is a UDP socket",
  "runtime/src/dns/exchange.ts": "it is a UDP socket and a TCP connection",
};

/** A file of rules: only the tests of its own subject break them. */
function rulesOf(subject: string): Part {
  const tests = ["rule-error", `${subject}-rules`].map(
    (name) => `test/stacks/rules/${name}.test.ts`,
  );
  return { folder: "stacks/rules", files: [`${subject}-rules.ts`], tests, needsTemplates: true };
}

/**
 * The parts that a path is about: all without one, one for its folder, and for a file its part with
 * that file alone.
 *
 * @throws an error that says what is allowed
 */
export function partsOf(path: string | undefined, parts: readonly Part[] = PARTS): readonly Part[] {
  if (path === undefined) return parts;
  const found = parts.flatMap((part) => {
    if (path === part.folder) return [part];
    const files = part.files.filter((file) => path === `${part.folder}/${file}`);
    return files.length === 0 ? [] : [{ ...part, files }];
  });
  if (found.length > 0) return found;
  const allowed = parts.map(({ folder, files }) => `${folder} (${files.join(", ")})`);
  throw new Error(`PATH got ${path}; allowed: a folder or a file of ${allowed.join("; ")}`);
}
