import { readFileSync } from "node:fs";
import { createSecureServer } from "node:http2";

import { describe, expect, it } from "vitest";
import { Agent } from "undici";

import { TLS_FILES } from "../../../harness/programs/tls/certificates.ts";
import { srvConnect } from "../../../runtime/src/http.ts";
import { NAME, startListener } from "../support/dialing.ts";
import { nameOf } from "../support/moving.ts";
import { until } from "../support/redis-clients.ts";

const cert = readFileSync(TLS_FILES.cert);
const key = readFileSync(TLS_FILES.key);

/** A server that speaks HTTP/2 alone, and answers with its name. */
function startH2(name: string) {
  const server = createSecureServer({ cert, key });
  server.on("request", (_request, response) => response.end(name));
  return startListener(() => {}, server);
}

describe("a connection of undici whose target has left the records", () => {
  // What undici throws in an event of the connection fails the whole run.
  it("ends with HTTP/2 too, and the next request meets the new target", async () => {
    await using first = await startH2("first");
    await using second = await startH2("second");
    await using name = await nameOf(first, second);
    const tls = { ca: cert, ALPNProtocols: ["h2"] };
    const dispatcher = new Agent({ connect: srvConnect({ ...name.options, tls }), allowH2: true });
    const get = async (): Promise<string> => {
      const origin = `https://${NAME}`;
      return (await dispatcher.request({ origin, path: "/", method: "GET" })).body.text();
    };
    await expect(get()).resolves.toBe("first");

    name.move();
    await until(() => first.sockets.size === 0);
    await expect(get()).resolves.toBe("second");
    await dispatcher.destroy();
  });
});
