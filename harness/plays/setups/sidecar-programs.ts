import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { LocalImage } from "../../ecs/index.ts";

/**
 * A program that increments a counter in Redis through a socket and prints each value. It does not know SRV records.
 */
export interface SidecarProgram {
  readonly image: string;
  readonly memory: number;
  readonly command: (socket: string) => readonly string[];
  /** The variable with the Redis password. */
  readonly passwordVariable: string;
  /** The local program, by the last part of the repository's name. For images that the local ECS does not know. */
  readonly images: () => Readonly<Record<string, LocalImage>>;
}

const EXAMPLES = fileURLToPath(new URL("../../../examples/sidecar/", import.meta.url));
const BINARY = fileURLToPath(
  new URL("../../../node_modules/.cache/sidecar-go/counter", import.meta.url),
);
/** Milliseconds. The first build compiles Go's standard library. */
const BUILD_TIMEOUT = 180_000;

const registry = "111111111111.dkr.ecr.eu-central-1.amazonaws.com";

/**
 * redis-cli counts endlessly and prints each answer. It ends when the connection breaks, and a loop starts it again
 * with the same socket. A program needs to do no more.
 */
export const redisCli: SidecarProgram = {
  image: "public.ecr.aws/docker/library/redis:8.0.4",
  memory: 64,
  command: (socket) => [
    "sh",
    "-c",
    `while :; do redis-cli -s ${socket} -r -1 -i 0.05 incr count; sleep 0.2; done`,
  ],
  passwordVariable: "REDISCLI_AUTH",
  images: () => ({}),
};

/** `examples/sidecar/python`, with the client redis-py. */
export const python: SidecarProgram = {
  image: `${registry}/counter-python:1`,
  memory: 64,
  command: (socket) => ["python3", "counter.py", socket],
  passwordVariable: "REDIS_PASSWORD",
  images: () => {
    run("python3", ["-c", "import redis"], "apt-get install -y python3-redis");
    return { "counter-python": { workingDirectory: `${EXAMPLES}python` } };
  },
};

/** `examples/sidecar/go`, only with the standard library. */
export const go: SidecarProgram = {
  image: `${registry}/counter-go:1`,
  memory: 32,
  command: (socket) => ["counter", socket],
  passwordVariable: "REDIS_PASSWORD",
  images: () => {
    run("go", ["build", "-C", `${EXAMPLES}go`, "-o", BINARY, "."], "apt-get install -y golang-go");
    return { "counter-go": { programs: () => ({ counter: `exec '${BINARY}' "$@"` }) } };
  },
};

/** @throws an error with the install command */
function run(command: string, args: readonly string[], install: string): void {
  try {
    execFileSync(command, args, { stdio: ["ignore", "ignore", "pipe"], timeout: BUILD_TIMEOUT });
  } catch (error) {
    const { stderr } = error as { stderr?: Buffer };
    const why = String(stderr ?? "").trim();
    throw new Error(
      `${[command, ...args].join(" ")} failed; on Debian: ${install}\n${why}`.trim(),
      {
        cause: error,
      },
    );
  }
}
