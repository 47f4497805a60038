import { setServers } from "node:dns";
import * as fc from "fast-check";
import { main } from "../../../runtime/src/cli/main.ts";

/** Part of every password; must not be printed. */
const SECRET = "S3CRET";
/** A closed port, which refuses queries and connections at once. */
const CLOSED = "127.0.0.1:1";
/** Timeout of a command, in ms. */
const HANG = 30_000;

const names = fc.constantFrom(
  "dev-redis.dev-ecs",
  "a..b",
  "10.0.0.1",
  "",
  "é",
  "\u001b[2J",
  "-",
  "a:6379",
);
const urls = fc.constantFrom(
  `redis+srv://:${SECRET}@dev-redis.dev-ecs`,
  `redis://u:${SECRET}@127.0.0.1:1/7`,
  `rediss://[::1]:1`,
  `redis://:${SECRET}#@127.0.0.1`,
  `redis+srv://${SECRET}:6379`,
  `:${SECRET}@localhost`,
);
const values = fc.constantFrom(
  "0",
  "1",
  "50",
  "-1",
  "1e3",
  "",
  "x",
  "127.0.0.1:0",
  "[::1]:0",
  "0.0.0.0:0",
  CLOSED,
);
const words = fc.oneof(
  names,
  urls,
  values,
  fc.constantFrom(
    "lookup",
    "ping",
    "forward",
    "--",
    "--json",
    "--tls",
    "--redis",
    "--allow-remote",
  ),
  fc.constantFrom(
    "--server",
    "--timeout",
    "--listen",
    "--mode",
    "--drain",
    "--servername",
    "--nonsense",
  ),
  values.map((value) => `--timeout=${value}`),
  values.map((value) => `--listen=${value}`),
  fc.string({ unit: "grapheme", maxLength: 8 }).filter((word) => !word.includes("/")),
);
const options = fc.constantFrom(
  "--json",
  "--redis",
  "--tls",
  "--drain=0",
  "--mode=666",
  "--servername=a",
);
const right = fc.oneof(
  fc.tuple(fc.constant("lookup"), fc.constantFrom("dev-redis.dev-ecs", "a", "_redis._tcp.b.c.")),
  fc.tuple(fc.constant("ping"), urls),
  fc.tuple(
    fc.constant("forward"),
    fc.constantFrom("dev-redis.dev-ecs", "a"),
    fc.constantFrom("--listen=127.0.0.1:0", "--listen=unix:s", "--listen=[::1]:0", "--listen=x:0"),
  ),
);
const lines = fc
  .oneof(
    fc.tuple(right, fc.array(options, { maxLength: 2 })).map((parts) => parts.flat()),
    fc.tuple(right, fc.array(words, { maxLength: 2 })).map((parts) => parts.flat()),
    fc.array(words, { maxLength: 5 }),
  )
  // Last, so that it overrides earlier options: the command ends soon.
  .map((args) => [...args, "--server", CLOSED, "--timeout=20"]);

/**
 * Any command line ends with an exit code and printable output, without a stack and a password. A sidecar gets SIGTERM
 * as soon as it listens.
 */
export function anyCommandLine(): fc.IAsyncPropertyWithHooks<[string[]]> {
  return fc.asyncProperty(lines, async (args) => {
    // For a command that does not accept --server, for example after "--".
    setServers([CLOSED]);
    const { code, written } = await run(args);
    check(code, written);
  });
}

async function run(args: readonly string[]): Promise<{ code: number; written: string }> {
  using streams = new Streams();
  let timer: NodeJS.Timeout | undefined;
  const hang = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`hangs for ${HANG} ms`)), HANG);
  });
  try {
    const code = await Promise.race([main(args), hang]);
    return { code, written: streams.written };
  } finally {
    clearTimeout(timer);
  }
}

/** Captures stdout and stderr. */
class Streams implements Disposable {
  written = "";
  readonly #restore: (() => void)[] = [];

  constructor() {
    for (const stream of [process.stdout, process.stderr]) {
      const write = stream.write.bind(stream);
      this.#restore.push(() => void (stream.write = write));
      stream.write = (chunk: string | Uint8Array): boolean => {
        this.written += String(chunk);
        if (String(chunk).startsWith("Listening on"))
          setImmediate(() => process.emit("SIGTERM", "SIGTERM"));
        return true;
      };
    }
  }

  [Symbol.dispose](): void {
    for (const restore of this.#restore) restore();
  }
}

function check(code: number, written: string): void {
  if (![0, 1, 2].includes(code)) throw new Error(`exit code ${code}`);
  if (written.includes(SECRET)) throw new Error(`shows the password: ${written}`);
  if (/[^\P{C}\n]/u.test(written)) throw new Error(`not printable: ${JSON.stringify(written)}`);
  if (/ {4}at |(Type|Range|Reference)Error/.test(written)) throw new Error(`a stack: ${written}`);
  if (code !== 0 && !written.includes("srv-dialer")) throw new Error(`says nothing: ${written}`);
}
