import { join } from "node:path";

/**
 * How a client finds Redis: by an A record whose address changes, by its own hook for dialing and an SRV lookup, by
 * srv-dialer, or by `srv-dialer forward` beside it.
 */
export type Way = "a" | "hook" | "srv-dialer" | "forward";

/** Settings that the client's guide advises for production, or none. */
export type SettingsKind = "guide" | "defaults";

export type Language = "node" | "go" | "python" | "java" | "rust";

export interface Client {
  /** As its users write it. */
  readonly name: string;
  readonly language: Language;
  /** Its version, as the manifest of the programs has it. */
  readonly version: string;
  /** Its guide for production. */
  readonly guide: string;
  readonly ways: readonly Way[];
  /** Program and arguments. */
  readonly command: readonly string[];
  /** The file to copy, in `programs/`. */
  readonly source: string;
}

export const PROGRAMS = join(import.meta.dirname, "programs");
const at = (path: string): string => join(PROGRAMS, path);

const node = (file: string): string[] => [process.execPath, at(`node/${file}.mjs`)];
const go = (name: string): string[] => [at("go/build/programs"), name];
const python = (file: string): string[] => [
  at("python/build/venv/bin/python"),
  at(`python/${file}.py`),
];
const java = (name: string): string[] => {
  const path = `${at("java/build/classes")}:${at("java/build/libraries")}/*`;
  // Few threads: many JVMs run at the same time.
  return ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m", "-cp", path, name];
};

export const clients: readonly Client[] = [
  {
    name: "ioredis",
    language: "node",
    version: "6.0.0",
    guide: "https://github.com/redis/ioredis#reconnect-on-error",
    ways: ["a", "srv-dialer", "forward"],
    command: node("ioredis"),
    source: "node/ioredis.mjs",
  },
  {
    name: "node-redis",
    language: "node",
    version: "6.3.1",
    guide: "https://redis.io/docs/latest/develop/clients/nodejs/produsage/",
    ways: ["a", "forward"],
    command: node("node-redis"),
    source: "node/node-redis.mjs",
  },
  {
    name: "iovalkey",
    language: "node",
    version: "0.4.0",
    guide: "https://github.com/valkey-io/iovalkey#reconnect-on-error",
    ways: ["a", "srv-dialer", "forward"],
    command: node("iovalkey"),
    source: "node/iovalkey.mjs",
  },
  {
    name: "valkey-glide",
    language: "node",
    version: "2.5.2",
    guide: "https://valkey.io/valkey-glide/",
    ways: ["a", "hook", "forward"],
    command: node("valkey-glide"),
    source: "node/valkey-glide.mjs",
  },
  {
    name: "BullMQ",
    language: "node",
    version: "6.7.0",
    guide: "https://docs.bullmq.io/guide/going-to-production",
    ways: ["a", "srv-dialer", "forward"],
    command: node("bullmq"),
    source: "node/bullmq.mjs",
  },
  {
    name: "go-redis",
    language: "go",
    version: "9.23.0",
    guide: "https://redis.io/docs/latest/develop/clients/go/produsage/",
    ways: ["a", "hook", "forward"],
    command: go("go-redis"),
    source: "go/goredis.go",
  },
  {
    name: "rueidis",
    language: "go",
    version: "1.0.79",
    guide: "https://github.com/redis/rueidis",
    ways: ["a", "hook", "forward"],
    command: go("rueidis"),
    source: "go/rueidis.go",
  },
  {
    name: "redigo",
    language: "go",
    version: "1.9.3",
    guide: "https://pkg.go.dev/github.com/gomodule/redigo/redis#Pool",
    ways: ["a", "hook", "forward"],
    command: go("redigo"),
    source: "go/redigo.go",
  },
  {
    name: "redis-py",
    language: "python",
    version: "8.1.0",
    guide: "https://redis.io/docs/latest/develop/clients/redis-py/produsage/",
    ways: ["a", "hook", "forward"],
    command: python("redis_py"),
    source: "python/redis_py.py",
  },
  {
    name: "redis-py, asyncio",
    language: "python",
    version: "8.1.0",
    guide: "https://redis.io/docs/latest/develop/clients/redis-py/produsage/",
    ways: ["a", "hook", "forward"],
    command: python("redis_asyncio"),
    source: "python/redis_asyncio.py",
  },
  {
    name: "valkey-glide, Python",
    language: "python",
    version: "2.6.0",
    guide: "https://valkey.io/valkey-glide/",
    ways: ["a", "forward"],
    command: python("valkey_glide"),
    source: "python/valkey_glide.py",
  },
  {
    name: "Lettuce",
    language: "java",
    version: "7.7.0",
    guide: "https://redis.io/docs/latest/develop/clients/lettuce/produsage/",
    ways: ["a", "hook", "forward"],
    command: java("LettuceProgram"),
    source: "java/src/main/java/LettuceProgram.java",
  },
  {
    name: "Jedis",
    language: "java",
    version: "8.0.2",
    guide: "https://redis.io/docs/latest/develop/clients/jedis/produsage/",
    ways: ["a", "hook", "forward"],
    command: java("JedisProgram"),
    source: "java/src/main/java/JedisProgram.java",
  },
  {
    name: "redis-rs",
    language: "rust",
    version: "1.8.1",
    guide: "https://docs.rs/redis/latest/redis/#connection-pooling",
    ways: ["a", "hook", "forward"],
    command: [at("rust/build/release/programs")],
    source: "rust/src/main.rs",
  },
];
