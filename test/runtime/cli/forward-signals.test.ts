import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { forward, WAIT } from "../support/forwarded.ts";
import { type Installation, install } from "../support/installed.ts";
import { connectTo, ended, exchange, readAll, startEcho } from "../support/sockets.ts";

let cli: Installation;

beforeAll(() => {
  cli = install();
});

afterAll(() => {
  cli[Symbol.dispose]();
});

/** Resolves when the port refuses connections. */
async function untilClosed(where: string): Promise<void> {
  await vi.waitUntil(async () => {
    try {
      (await connectTo(where)).destroy();
      return false;
    } catch {
      return true;
    }
  }, WAIT);
}

describe.each(["SIGTERM", "SIGINT"] as const)("srv-dialer forward at %s", (signal) => {
  it("accepts no new connections, and ends after the open ones", async () => {
    await using upstream = await startEcho();
    await using forwarded = await forward(cli, [upstream.port]);
    const { command, where } = forwarded;
    using client = await connectTo(where);
    expect(await exchange(client, "before")).toBe("before");

    command.signal(signal);
    await untilClosed(where);

    expect(await exchange(client, "after")).toBe("after");
    client.end();
    expect(await readAll(client)).toBe("");
    expect(await command.outcome).toMatchObject({ code: 0, stderr: "" });
  });

  it("ends open connections after the drain time", async () => {
    await using upstream = await startEcho();
    await using forwarded = await forward(cli, [upstream.port], { options: ["--drain", "50"] });
    const { command, where } = forwarded;
    using client = await connectTo(where);
    expect(await exchange(client, "before")).toBe("before");
    const end = ended(client);

    command.signal(signal);

    expect(await end).toBe("ECONNRESET");
    const outcome = { code: 0, stderr: "Ended open connections: 1\n" };
    expect(await command.outcome).toMatchObject(outcome);
  });

  it("ends immediately at a second signal", async () => {
    await using upstream = await startEcho();
    await using forwarded = await forward(cli, [upstream.port], { options: ["--drain", "600000"] });
    const { command, where } = forwarded;
    using client = await connectTo(where);
    expect(await exchange(client, "before")).toBe("before");
    const end = ended(client);

    command.signal(signal);
    await untilClosed(where);
    command.signal(signal);

    expect(await end).toBe("ECONNRESET");
    expect((await command.outcome).code).toBe(signal === "SIGTERM" ? 143 : 130);
  });

  it("is heard all the time: without a listener, a second one would kill the process", async () => {
    const report = `process.on("removeListener", (name) => name === "${signal}" && console.error(name));`;
    const env = { NODE_OPTIONS: `--import "data:text/javascript,${encodeURIComponent(report)}"` };
    await using forwarded = await forward(cli, [], { env });
    forwarded.command.signal(signal);
    const { stderr } = await forwarded.command.outcome;
    expect(stderr).not.toContain(signal);
  });

  it("ends immediately without connections", async () => {
    await using forwarded = await forward(cli, []);

    forwarded.command.signal(signal);

    expect(await forwarded.command.outcome).toMatchObject({ code: 0, stderr: "" });
  });
});
