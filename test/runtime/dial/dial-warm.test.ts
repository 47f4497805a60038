import { channel } from "node:diagnostics_channel";
import { describe, expect, it } from "vitest";

import { createSrvDialer } from "../../../runtime/src/dial/dialer.ts";
import type { SrvDialer } from "../../../runtime/src/base/types.ts";
import { freePort } from "../../../harness/ecs/programs/free-port.ts";
import { NAME, resolverOf, startListener, target } from "../support/dialing.ts";

interface Warm {
  readonly dialer: SrvDialer;
  /** Ports of the attempts. */
  readonly attempted: readonly number[];
  /** In dial order. All ports except the last refuse. */
  readonly ports: readonly number[];
}

/** Runs a test with a dialer that has a cached answer. */
async function withWarmDialer(use: (warm: Warm) => Promise<void>): Promise<void> {
  await using listener = await startListener();
  const ports = [await freePort(), await freePort(), listener.port];
  const targets = ports.map((port, priority) => target(port, { priority }));
  const dialer = createSrvDialer(NAME, { resolver: resolverOf(...targets), cooldown: 0 });
  await dialer.resolve();
  const attempted: number[] = [];
  const onAttempt = (message: unknown): void => {
    attempted.push((message as { port: number }).port);
  };
  channel("srv-dialer:attempt").subscribe(onAttempt);
  try {
    await use({ dialer, attempted, ports });
  } finally {
    channel("srv-dialer:attempt").unsubscribe(onAttempt);
    dialer.close();
  }
}

describe("a dial with a cached answer", () => {
  it("continues with the other targets in order, and tries none twice", () =>
    withWarmDialer(async ({ dialer, attempted, ports }) => {
      const socket = await dialer.connect();
      expect(socket.remotePort).toBe(ports.at(-1));
      expect(attempted).toEqual(ports);
      socket.destroy();
    }));

  it("tries nothing if its caller has already aborted", () =>
    withWarmDialer(async ({ dialer, attempted }) => {
      const rejected = dialer.connect({ signal: AbortSignal.abort() });
      await expect(rejected).rejects.toMatchObject({ code: "ERR_SRV_ABORTED" });
      expect(attempted).toEqual([]);
    }));
});
