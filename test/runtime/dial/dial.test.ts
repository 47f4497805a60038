import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { createServer as createTlsServer } from "node:tls";

import { describe, expect, it, vi } from "vitest";

import { createSrvDialer } from "../../../runtime/src/dialer/dialer.ts";
import { dnsResolver } from "../../../runtime/src/dns/resolver.ts";
import type { DnsServer } from "../../../runtime/src/testing.ts";
import type { SrvDialer } from "../../../runtime/src/base/types.ts";
import { freePort } from "../../../harness/ecs/programs/free-port.ts";
import { TLS_FILES } from "../../../harness/ecs/programs/tls/certificates.ts";
import {
  type Listener,
  NAME,
  dnsTo,
  failureOf,
  leadTo,
  startListener,
} from "../support/dialing.ts";
import { trackResources } from "../support/resources.ts";

const cert = readFileSync(TLS_FILES.cert);
const key = readFileSync(TLS_FILES.key);

/** Reads and sends nothing, so that it detects the end of the client. */
function keepSilent(socket: Socket): void {
  socket.resume();
}

/** Functions that end a dial, by the code of its error. */
const ENDS: readonly [string, (dialer: SrvDialer, controller: AbortController) => void][] = [
  ["ERR_SRV_ABORTED", (_dialer, controller) => controller.abort()],
  ["ERR_SRV_CLOSED", (dialer) => dialer.close()],
];

function isSocket(kind: string): boolean {
  return kind !== "Timeout";
}

describe("nothing is left", () => {
  it("of a dial that succeeded during the lookups of an IP version and a second target", async () => {
    using resources = trackResources();
    await using server = await startListener();
    await using dns = await dnsTo(server.port, server.port);
    dns.fault("drop", { type: "AAAA" });
    const dialer = createSrvDialer(NAME, { resolver: dnsResolver({ servers: [dns.address] }) });
    const socket = await dialer.connect();
    socket.destroy();
    await vi.waitFor(() => expect(resources.open().filter(isSocket)).toEqual([]));
    // Timers refresh its answers until it is closed.
    dialer.close();
    await expect(resources.allGone()).resolves.toBeUndefined();
  });

  interface Scene {
    readonly dns: DnsServer;
    readonly server: Listener;
  }
  const hasBeenAsked =
    (wanted: string) =>
    ({ dns }: Scene): boolean =>
      dns.queries.some(({ type }) => type === wanted);

  it.each<[string, readonly string[], (scene: Scene) => boolean]>([
    ["while DNS is silent", ["SRV"], hasBeenAsked("SRV")],
    ["while addresses are looked up", ["A", "AAAA"], hasBeenAsked("A")],
    ["while a handshake is silent", [], ({ server }) => server.sockets.size === 1],
  ])("of a dial that is aborted or closed %s", async (_when, dropped, isReached) => {
    using resources = trackResources();
    await using server = await startListener(keepSilent);
    await using dns = await dnsTo(server.port);
    for (const type of dropped) dns.fault("drop", { type });
    const resolver = dnsResolver({ servers: [dns.address] });
    for (const [code, end] of ENDS) {
      dns.queries.length = 0;
      const dialer = createSrvDialer(NAME, { resolver, tls: { ca: cert } });
      const controller = new AbortController();
      const dialing = failureOf(dialer.connect({ signal: controller.signal }));
      await vi.waitUntil(() => isReached({ dns, server }));
      end(dialer, controller);
      expect(await dialing).toMatchObject({ code });
      dialer.close();
      await expect(resources.allGone()).resolves.toBeUndefined();
      await vi.waitUntil(() => server.sockets.size === 0);
    }
  });

  it("of a hundred dials, aborted or closed after an increasing number of turns of the event loop", async () => {
    using resources = trackResources();
    await using server = await startListener(() => {}, createTlsServer({ cert, key }));
    await using dns = await dnsTo(server.port);
    leadTo(dns, await freePort(), server.port);
    for (let turns = 0; turns < 50; turns++) {
      for (const [, end] of ENDS) {
        const resolver = dnsResolver({ servers: [dns.address] });
        const dialer = createSrvDialer(NAME, { resolver, tls: { ca: cert } });
        const controller = new AbortController();
        const dialing = dialer.connect({ signal: controller.signal }).then(
          (socket) => socket.destroy(),
          () => {},
        );
        for (let turn = 0; turn < turns; turn++) await nextTurn();
        end(dialer, controller);
        await dialing;
        dialer.close();
      }
    }
    await expect(resources.allGone()).resolves.toBeUndefined();
    await vi.waitFor(() => expect(server.sockets.size).toBe(0));
  });
});
