import { once } from "node:events";
import { readFileSync } from "node:fs";
import https from "node:https";
import { Socket } from "node:net";
import { type SecureVersion, TLSSocket } from "node:tls";

import { describe, expect, it } from "vitest";

import { TLS_FILES } from "../../../harness/ecs/programs/tls/certificates.ts";
import { Sessions } from "../../../runtime/src/http/sessions.ts";
import { NAME, resolverOf, target } from "../support/dialing.ts";
import { HTTP_CLIENTS } from "../support/http-clients.ts";
import { startWeb } from "../support/http-servers.ts";
import { srvAgent } from "../../../runtime/src/http.ts";

const ca = readFileSync(TLS_FILES.cert);
const VERSIONS: SecureVersion[] = ["TLSv1.2", "TLSv1.3"];

describe.each(HTTP_CLIENTS)("%s", (_name, makeClient) => {
  it.each(VERSIONS)(
    "resumes the TLS session of its last connection with %s",
    async (maxVersion) => {
      await using web = await startWeb({ tls: true, closes: true });
      const tls = { ca, maxVersion };
      await using client = makeClient({ resolver: resolverOf(target(web.port)), tls });
      for (let times = 0; times < 4; times++) await client.request(`https://${NAME}/`);
      expect(web.resumed).toEqual([false, true, true, true]);
    },
  );
});

describe("an agent", () => {
  it("resumes no session for another server name, another authority, or a request with a check of its own", async () => {
    await using web = await startWeb({ tls: true, closes: true });
    const agent = srvAgent({ resolver: resolverOf(target(web.port)), tls: true, wait: false });
    const host = { headers: { host: "localhost" } };
    const options = [
      { ca },
      { ca },
      { ca, checkServerIdentity: () => undefined },
      {},
      { ca, ...host },
    ];
    const outcomes: unknown[] = [];
    for (const each of options) {
      const request = https.get({ host: NAME, agent, ...each });
      const closed = once(request, "close");
      request.on("response", (response) => {
        outcomes.push((response.resume().socket as TLSSocket).isSessionReused());
      });
      await closed.catch((error: { code: string }) => outcomes.push(error.code));
    }
    expect(outcomes).toEqual([false, true, false, "ERR_SRV_CONNECT", false]);
    agent.destroy();
  });
});

/** A connection with a new session. */
async function session(sessions: Sessions, key: string): Promise<unknown> {
  const socket = new TLSSocket(new Socket());
  let resumed: unknown;
  await sessions.use(key, {}, async ({ session: last }) => {
    resumed = last?.toString();
    return { socket };
  });
  socket.emit("session", Buffer.from(key));
  return resumed;
}

describe("TLS sessions", () => {
  it("are kept for the last 100 keys", async () => {
    const sessions = new Sessions({});
    const keys = Array.from({ length: 100 }, (_, at) => `key ${at}`);
    for (const key of [...keys, "key 0", "one more"]) await session(sessions, key);
    expect(await session(sessions, "key 0")).toBe("key 0");
    expect(await session(sessions, "key 1")).toBe(undefined);
  });

  it("are forgotten when a connection fails", async () => {
    const sessions = new Sessions({});
    await session(sessions, "a");
    const failing = sessions.use("a", {}, () => Promise.reject(new Error("no")));
    await expect(failing).rejects.toThrow("no");
    expect(await session(sessions, "a")).toBe(undefined);
  });

  it("are not resumed if each target has its own name", async () => {
    const sessions = new Sessions({ servername: "target" });
    await session(sessions, "a");
    expect(await session(sessions, "a")).toBe(undefined);
  });

  it("do not replace one in the options", async () => {
    const sessions = new Sessions({});
    await session(sessions, "a");
    const own = { session: Buffer.from("own") };
    await sessions.use("a", own, async (tls) => {
      expect(tls).toEqual(own);
      return { socket: new TLSSocket(new Socket()) };
    });
  });
});
