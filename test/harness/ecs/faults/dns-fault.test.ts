import { Resolver } from "node:dns/promises";
import { describe, expect, it } from "vitest";
import { images } from "../fixture/local-images.ts";
import { withLocalEcs } from "../fixture/local.ts";
import { onlyTask } from "../fixture/services.ts";
import { template } from "../fixture/template.ts";
import type { LocalEcs } from "../../../../harness/ecs/local-ecs.ts";
import type { DnsFaultKind } from "../../../../harness/ecs/discovery/dns-fault.ts";

const withShell = { ...images(), shell: {} };
const NAME = "test-redis.test-ecs";

/** Asks once, for a short time; the port, or the error's code. */
async function ask(ecs: LocalEcs, timeout = 2000): Promise<number | string | undefined> {
  const resolver = new Resolver({ timeout, tries: 1 });
  resolver.setServers([ecs.dnsServer]);
  return resolver.resolveSrv(NAME).then(
    ([record]) => record?.port,
    ({ code }: NodeJS.ErrnoException) => code,
  );
}

async function withRedis(use: (ecs: LocalEcs, port: number) => Promise<void>): Promise<void> {
  const overrides = { appService: { desired_count: 0 } };
  await withLocalEcs({ template: template(overrides) }, async ({ ecs }) => {
    await ecs.waitUntilStable();
    const port = onlyTask(ecs, "test-redis").containers[0]?.ports[0]?.hostPort ?? 0;
    expect(await ask(ecs)).toBe(port);
    await use(ecs, port);
    ecs.faults.dns(undefined);
    expect(ecs.faults.active).toEqual([]);
  });
}

describe("a resolver", () => {
  it("that fails in any way answers as before once it does not", async () => {
    await withRedis(async (ecs, port) => {
      const seen: Partial<Record<DnsFaultKind, unknown>> = {};
      for (const kind of ["down", "servfail", "nxdomain", "truncated"] as const) {
        ecs.faults.dns(kind);
        seen[kind] = await ask(ecs, kind === "down" ? 150 : 2000);
        ecs.faults.dns(undefined);
        expect(await ask(ecs)).toBe(port);
      }
      expect(seen).toEqual({
        down: "ETIMEOUT",
        servfail: "ESERVFAIL",
        nxdomain: "ENOTFOUND",
        truncated: port,
      });
    });
  });

  it("that is slow answers right, later", async () => {
    await withRedis(async (ecs, port) => {
      ecs.faults.dns("slow", { delay: 400 });
      expect(await ask(ecs, 150)).toBe("ETIMEOUT");
      expect(await ask(ecs, 5000)).toBe(port);
    });
  });

  it("that is wrong is believed by no one, four times in another way", async () => {
    await withRedis(async (ecs, port) => {
      ecs.faults.dns("wrong");
      for (let turn = 0; turn < 4; turn += 1) {
        const answer = await ask(ecs, 150);
        expect(answer).not.toBe(port);
        expect(answer).toMatch(/^E(TIMEOUT|BADRESP|CONNREFUSED|NODATA)$/);
      }
    });
  });

  it("that is stale serves the records of then, after the task has gone", async () => {
    await withRedis(async (ecs, port) => {
      ecs.faults.dns("stale");
      const before = onlyTask(ecs, "test-redis");
      ecs.drainHost(before.host ?? "");
      const elsewhere = (): boolean =>
        ecs.services.some(({ stable, tasks: [task] }) => stable && task?.host !== before.host);
      await expect.poll(elsewhere).toBe(true);
      await ecs.waitUntilStable();
      // Longer than the records' TTL of 2 s: no cache is at work.
      const until = performance.now() + 2500;
      while (performance.now() < until) expect(await ask(ecs)).toBe(port);
      ecs.faults.dns(undefined);
      await expect.poll(() => ask(ecs)).not.toBe(port);
    });
  }, 30_000);
});

describe("a program that asks by the system's resolver", () => {
  it("fails while DNS does, and finds the target again after that", async () => {
    const base = { appService: { desired_count: 0 } };
    await withLocalEcs({ template: template(base), images: withShell }, async ({ ecs }) => {
      await ecs.waitUntilStable();
      const { id, address } = onlyTask(ecs, "test-redis");
      const script = 'while :; do getent hosts "$TARGET" || echo none; sleep 0.1; done';
      const program = {
        name: "app",
        image: "shell",
        memory: 16,
        command: ["sh", "-c", script],
        environment: [
          { name: "TARGET", value: `${id}.${NAME}` },
          // The usual 5 s for each try would only make the test longer.
          { name: "RES_OPTIONS", value: "timeout:1 attempts:1" },
        ],
      };
      const container_definitions = JSON.stringify([program]);
      const appService = { desired_count: 1, load_balancer: [] };
      await ecs.apply(template({ appTask: { container_definitions }, appService }));
      const lastSaid = async (): Promise<string | undefined> => {
        const task = ecs.services.find(({ name }) => name === "test-app")?.tasks[0];
        return task && (await ecs.log(task.id)).trim().split("\n").at(-1)?.split(" ")[0];
      };
      const says = (what: string | undefined): Promise<void> =>
        expect.poll(lastSaid, { interval: 20 }).toBe(what);
      // Where no resolv.conf can be mounted, the machine's servers do not know the name.
      const known = ecs.platform.resolvConf ? address : "none";
      await says(known);
      for (const kind of ["servfail", "nxdomain", "down"] as const) {
        ecs.faults.dns(kind);
        await says("none");
        ecs.faults.dns(undefined);
        await says(known);
      }
    });
  }, 30_000);
});

describe("the Cloud Map API", () => {
  it("that is throttled or down says so, or nothing", async () => {
    await withRedis(async (ecs) => {
      // An answer may take long on a busy machine; that there is none shows at once.
      const discover = async (within = 10_000): Promise<unknown> => {
        const response = await fetch(ecs.cloudMapApi, {
          method: "POST",
          headers: { "x-amz-target": "Route53AutoNaming_v20170314.DiscoverInstances" },
          body: JSON.stringify({ NamespaceName: "test-ecs", ServiceName: "test-redis" }),
          signal: AbortSignal.timeout(within),
        });
        return response.json();
      };
      expect(await discover()).toMatchObject({ Instances: [{}] });
      ecs.faults.cloudMapApi("throttled");
      expect(await discover()).toMatchObject({ __type: "RequestLimitExceeded" });
      ecs.faults.cloudMapApi("down");
      await expect(discover(300)).rejects.toThrow("timeout");
      ecs.faults.cloudMapApi(undefined);
      ecs.faults.records("gone");
      expect(await discover()).toMatchObject({ Instances: [] });
      ecs.faults.records(undefined);
    });
  });
});
