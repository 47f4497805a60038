import { describe, expect, it } from "vitest";

import { Dialers } from "../../../runtime/src/ioredis/dialers.ts";
import { startNode } from "../support/installed.ts";
import { NAME, resolverOf, target } from "../support/dialing.ts";

const SOURCE = new URL("../../../runtime/src/ioredis.ts", import.meta.url).href;
const TSX = import.meta.resolve("tsx");

/** Connects to many names, one of which keeps its client. @returns the remaining dialers of the others */
const MANY_NAMES = `
  import { setImmediate as turn } from "node:timers/promises";
  import { srvConnector } from ${JSON.stringify(SOURCE)};

  // The stacks of many errors would take time and memory.
  Error.stackTraceLimit = 0;
  let asked = [];
  const resolve = async (name) => {
    asked.push(name);
    return { targets: [], ttl: 60 };
  };
  const Connector = srvConnector({ resolver: { resolve }, cache: { negativeTtl: 60_000 }, wait: false });
  const connect = async (host) => {
    const connector = new Connector({ host });
    await connector.connect(() => {});
    return connector;
  };
  const connectAll = async (prefix, count) => {
    for (let i = 0; i < count; i++) await connect(prefix + i + ".dev-ecs");
  };
  const heapUsed = async () => {
    asked = [];
    for (let times = 0; times < 4; times++) {
      gc();
      // Finalizers run in separate turns of the event loop.
      await turn();
    }
    return process.memoryUsage().heapUsed;
  };

  const kept = await connect("kept.dev-ecs");
  await connectAll("warm-", 100);
  const before = await heapUsed();
  await connectAll("name-", 10_000);
  const bytes = (await heapUsed()) - before;
  await kept.connect(() => {});
  await connect("kept.dev-ecs");
  await connect("name-0.dev-ecs");
  console.log(JSON.stringify({ bytes, askedAgain: asked }));`;

describe("the dialers of a connector's class", () => {
  it("are one for each name, regardless of its case and trailing dot, and each IP version", () => {
    const dialers = new Dialers({ resolver: resolverOf() });
    const dialer = dialers.of(NAME, undefined);
    expect(dialers.of(NAME.toUpperCase(), null)).toBe(dialer);
    expect(dialers.of(`${NAME}.`, undefined)).toBe(dialer);
    expect(dialers.of(NAME, 4)).not.toBe(dialer);
    expect(dialers.of("other.dev-ecs", undefined)).not.toBe(dialer);
  });

  it("have the IP version of the class, regardless of the client's", () => {
    const dialers = new Dialers({ resolver: resolverOf(), family: 4 });
    expect(dialers.of(NAME, 6)).toBe(dialers.of(NAME, 4));
  });

  it("are new ones after close", async () => {
    const dialers = new Dialers({ resolver: resolverOf(target(1)) });
    const dialer = dialers.of(NAME, undefined);
    dialers.close();
    await expect(dialer.resolve()).rejects.toMatchObject({ code: "ERR_SRV_CLOSED" });
    await expect(dialers.of(NAME, undefined).resolve()).resolves.toHaveLength(1);
  });

  it("are dropped with their last client: of 10 000 names less than 100 bytes each are left", async () => {
    const args = ["--expose-gc", "--import", TSX, "--input-type=module", "-e", MANY_NAMES];
    await using node = startNode(args);
    const { stdout, stderr } = await node.outcome;
    expect(stderr).toBe("");
    const { bytes, askedAgain } = JSON.parse(stdout) as { bytes: number; askedAgain: string[] };
    expect(bytes).toBeLessThan(10_000 * 100);
    // A dialer with a client keeps its answer.
    expect(askedAgain).toEqual(["name-0.dev-ecs"]);
  });
});
