import { Resolver } from "node:dns/promises";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import {
  isFoundByFiles,
  startNameService,
  type NameService,
} from "../../../../harness/ecs/discovery/name-service.ts";
import { claimLoopbackBlock } from "../../../../harness/ecs/machine/loopback.ts";
import { tryIsolation } from "../../../../harness/ecs/machine/platform.ts";

async function withNames(use: (names: NameService, host: string) => Promise<void>): Promise<void> {
  const block = await claimLoopbackBlock();
  const folder = await mkdtemp(path.join(tmpdir(), "name-service-"));
  const { prefix } = block;
  const settings = { soaTtl: 15, region: "eu-west-1", prefix, folder, fault: () => undefined };
  const names = await startNameService(() => [], settings);
  try {
    await use(names, `${prefix}2`);
  } finally {
    await names.dns.close();
    block.release();
    await rm(folder, { recursive: true });
  }
}

/** Whether this user can listen on port 53 of a free address. */
async function mayListen(host: string): Promise<boolean> {
  const server = createServer().listen({ host, port: 53 });
  const listens = await once(server, "listening").then(
    () => true,
    () => false,
  );
  server.close();
  return listens;
}

describe("startNameService", () => {
  it("uses port 53 of the block's second address if this user is allowed to", async () => {
    await withNames(async ({ dns, files }, host) => {
      expect(dns.host).toBe(host);
      expect(dns.port === 53).toBe(await mayListen(`${host}1`));
      expect(files[0]?.at).toBe("/etc/resolv.conf");
      expect(await readFile(files[0]?.file ?? "", "utf8")).toBe(
        `search eu-west-1.compute.internal\nnameserver ${host}\n`,
      );
    });
  });

  it("answers for the zones that every VPC has", async () => {
    await withNames(async ({ dns }) => {
      const resolver = new Resolver({ timeout: 5000, tries: 1 });
      resolver.setServers([dns.address]);
      const endpoint = "servicediscovery.vpce.internal";
      expect(await resolver.resolve4(endpoint)).toEqual([
        expect.stringMatching(/^127\.\d+\.\d+\.3$/),
      ]);
      await expect(resolver.resolve4("redis.eu-west-1.compute.internal")).rejects.toMatchObject({
        code: "ENOTFOUND",
      });
    });
  });

  it("is found by its files if they can be mounted and it has port 53", async () => {
    const isolation = await tryIsolation({});
    await withNames(async (names) => {
      const isPossible = isolation.pidNamespaces && names.dns.port === 53;
      expect(await isFoundByFiles(names)).toBe(isPossible);
    });
  });
});
