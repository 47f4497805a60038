import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type Installation, type Outcome, install, startNode } from "../support/installed.ts";
import { NAME, dnsTo, startListener } from "../support/dialing.ts";

let installation: Installation;

beforeAll(() => {
  installation = install();
});

afterAll(() => {
  installation[Symbol.dispose]();
});

/** Runs a module in a new process, which is killed after a timeout. */
async function run(script: string): Promise<Outcome> {
  const args = ["--input-type=module", "-e", script];
  await using node = startNode(args, {}, installation.folder);
  return await node.outcome;
}

describe("a process", () => {
  it("ends by itself with an open dialer, a watch and answers in the cache", async () => {
    await using server = await startListener();
    await using dns = await dnsTo(server.port);
    const script = `
      import { createSrvDialer, dnsResolver } from "srv-dialer";
      const resolver = dnsResolver({ servers: ["${dns.address}"] });
      const dialer = createSrvDialer("${NAME}", { resolver });
      dialer.watch(() => {});
      const socket = await dialer.connect();
      socket.destroy();
      console.log("connected");`;

    expect(await run(script)).toEqual({ code: 0, stdout: "connected\n", stderr: "" });
  });

  it("ends by itself while a watch waits for a silent server", async () => {
    await using dns = await dnsTo(1);
    dns.fault("drop");
    const script = `
      import { createSrvDialer, dnsResolver } from "srv-dialer";
      const resolver = dnsResolver({ servers: ["${dns.address}"], timeout: 60_000 });
      createSrvDialer("${NAME}", { resolver, timeout: 60_000 }).watch(() => {});`;

    expect(await run(script)).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  it("continues until a dial is done", async () => {
    await using dns = await dnsTo(1);
    dns.fault("drop");
    const script = `
      import { createSrvDialer, dnsResolver } from "srv-dialer";
      const resolver = dnsResolver({ servers: ["${dns.address}"] });
      const dialer = createSrvDialer("${NAME}", { resolver, timeout: 200 });
      dialer.connect().catch(({ code }) => console.log(code));`;

    expect(await run(script)).toEqual({ code: 0, stdout: "ERR_SRV_TIMEOUT\n", stderr: "" });
  });
});
