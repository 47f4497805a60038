import { describe, expect, it } from "vitest";

import { Services } from "../../../runtime/src/http/services.ts";
import { startListener } from "../support/dialing.ts";
import { startNode } from "../support/installed.ts";

it.each([[{ partialAnswers: 8 }, "Invalid partialAnswers: got 8; allowed: a boolean"]])(
  "refuses %j",
  (options, message) => {
    expect(() => new Services(options as object)).toThrow(message);
  },
);

describe("whether a name is looked up", () => {
  it.each(["127.0.0.1", "::1", "localhost", "LOCALHOST.", "web.localhost"])(
    "is false for %s",
    (host) => {
      expect(new Services({}).has(host, undefined)).toBe(false);
    },
  );

  it("is false with a port", () => {
    expect(new Services({}).has("example.com", 8080)).toBe(false);
  });

  it("is true for every other name without a list", () => {
    expect(new Services({}).has("example.com", undefined)).toBe(true);
  });

  it.each([
    ["search.dev-ecs", true],
    ["SEARCH.dev-ecs.", true],
    ["_http._tcp.example.com", true],
    ["a.b.stg-ecs", true],
    ["b.stg-ecs", true],
    ["stg-ecs", false],
    ["notstg-ecs", false],
    ["other.dev-ecs", false],
    ["a.search.dev-ecs", false],
  ])("depends on a list: %s %s", (host, expected) => {
    const names = ["Search.dev-ecs", "*.stg-ecs", "_http._tcp.example.com"];
    expect(new Services({ names }).has(host, undefined)).toBe(expected);
  });

  it.each([[[]], [["*"]], [["*."]], [["a.*"]], [["127.0.0.1"]], [[1]], ["dev-ecs"], [/ecs/]])(
    "is not by %j",
    (names) => {
      expect(() => new Services({ names } as object)).toThrow(
        /^Invalid names: got .*; allowed: a list of SRV names/,
      );
    },
  );
});

const SOURCE = new URL("../../../runtime/src/http.ts", import.meta.url).href;

/** Connects to more names than are kept, collects garbage, and prints which of some are looked up again. */
const NAMES = `
  import { once } from "node:events";
  import { setImmediate as turn } from "node:timers/promises";
  import { srvConnect } from ${JSON.stringify(SOURCE)};

  let asked = [];
  const resolve = async (name) => {
    asked.push(name);
    return { targets: [{ host: "127.0.0.1", port: Number(process.argv.at(-1)), priority: 0, weight: 0, ttl: 60 }], ttl: 60 };
  };
  const connect = srvConnect({ resolver: { resolve } });
  const open = (hostname) => new Promise((done) => {
    connect({ hostname, protocol: "http:", port: "" }, (_error, socket) => done(socket));
  });
  const close = async (socket) => once(socket.destroy(), "close");

  const used = await open("used.dev-ecs");
  await close(await open("unused.dev-ecs"));
  for (let at = 0; at < 1_000; at++) await close(await open("recent-" + at + ".dev-ecs"));
  for (let times = 0; times < 4; times++) {
    await turn();
    gc();
  }
  asked = [];
  for (const name of ["recent-0", "unused", "used"]) await close(await open(name + ".dev-ecs"));
  console.log(asked.join());
  used.destroy();`;

describe("the names of a client", () => {
  it("are cached with an open connection, or among the most recent ones", async () => {
    await using listener = await startListener();
    const args = ["--expose-gc", "--import", import.meta.resolve("tsx"), "--input-type=module"];
    await using node = startNode([...args, "-e", NAMES, String(listener.port)]);
    const outcome = await node.outcome;
    expect(outcome).toEqual({ code: 0, stdout: "unused.dev-ecs\n", stderr: "" });
  });
});
