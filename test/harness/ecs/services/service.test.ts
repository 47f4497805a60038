import { describe, expect, it, vi } from "vitest";
import { withLocalEcs } from "../fixture/local.ts";
import { onlyTask, service } from "../fixture/services.ts";
import { shell, withTask } from "../fixture/task.ts";
import { template } from "../fixture/template.ts";
import { ServiceConnect } from "../../../../harness/ecs/discovery/service-connect.ts";
import { TaskAddresses } from "../../../../harness/ecs/machine/addresses.ts";
import { CloudMap } from "../../../../harness/ecs/discovery/cloud-map.ts";
import { messageOf } from "../../../../harness/ecs/base/message-of.ts";
import { EcsEvents } from "../../../../harness/ecs/base/events.ts";
import { readTemplate } from "../../../../harness/ecs/terraform/template.ts";
import { Service, type ServiceContext } from "../../../../harness/ecs/services/service.ts";

const breaker = { enable: true, rollback: false };

/** Runs a service on a cluster without hosts, with fake timers. */
async function withoutHosts(
  appService: object,
  use: (failedTasks: () => unknown, run: Service, placements: () => number) => Promise<void>,
  onChange: () => void = () => {},
): Promise<void> {
  const { plan } = await readTemplate(
    template({ appService: { deployment_circuit_breaker: breaker, ...appService } }),
    { parameters: {}, drawn: new Map() },
  );
  const app = plan.services.find(({ name }) => name === "test-app");
  const definition = app && plan.taskDefinitions.get(app.taskDefinition);
  if (!definition) throw new Error("the template has it");
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setImmediate"] });
  try {
    const events = new EcsEvents();
    let placements = 0;
    const context = {
      get hosts() {
        placements += 1;
        return [];
      },
      events,
      registries: {
        cloudMap: new CloudMap(events, Math.random),
        serviceConnect: new ServiceConnect(new TaskAddresses("127.16.0.")),
        targetGroups: new Map(),
        healthLag: 0,
        region: undefined,
      },
      random: Math.random,
      overlap: () => false,
      onChange,
    } satisfies Partial<ServiceContext>;
    // Without what only running tasks need.
    const run = new Service(
      app,
      { definition, label: "app:1" },
      context as unknown as ServiceContext,
    );
    await use(
      () => run.state().deployments[0]?.failedTasks,
      run,
      () => placements,
    );
  } finally {
    vi.useRealTimers();
  }
}

describe("a service", () => {
  it("counts a task without a host as failed by time, not by the number of placements", () =>
    withoutHosts({}, async (failedTasks, run, placements) => {
      for (let time = 0; time < 99; time += 1) {
        run.reconcile();
        await vi.advanceTimersByTimeAsync(100);
      }
      expect(failedTasks()).toBe(1);
      await vi.advanceTimersByTimeAsync(10_000);
      expect(failedTasks()).toBe(2);
      expect(run.failed).toBe(false);
      await vi.advanceTimersByTimeAsync(10_000);
      expect(run.failed).toBe(true);
      // A failed deployment starts no more tasks.
      const before = placements();
      run.reconcile();
      await vi.advanceTimersByTimeAsync(600_000);
      expect(placements()).toBe(before);
    }));

  it("calls onChange when a deployment fails because no host was found", async () => {
    let waited: Service | undefined;
    let wasFailed = false;
    const onChange = (): void => {
      wasFailed ||= waited?.failed === true;
    };
    const use = async (_: unknown, run: Service): Promise<void> => {
      waited = run;
      await vi.advanceTimersByTimeAsync(30_000);
      expect(run.failed).toBe(true);
    };
    await withoutHosts({}, use, onChange);
    expect(wasFailed).toBe(true);
  });

  it("lets a task wait for a capacity provider to add a host", () =>
    withoutHosts(
      { capacity_provider_strategy: [{ capacity_provider: "hosts", weight: 1 }] },
      async (failedTasks, run) => {
        await vi.advanceTimersByTimeAsync(600_000);
        expect(failedTasks()).toBe(0);
        expect(run.describe()).toContain("No Container Instances were found in your cluster");
      },
    ));

  it("starts a task that ends at once again, once a second", async () => {
    await withTask([{ name: "main", ...shell("exit 1") }], async ({ events }) => {
      const starts = () =>
        events.flatMap((event) =>
          event.type === "task" && event.to === "PROVISIONING" ? [event.at] : [],
        );
      await expect.poll(() => starts().length, { timeout: 30_000 }).toBeGreaterThan(3);
      const gaps = starts().map((at, index, all) => at - (all[index - 1] ?? -Infinity));
      expect(Math.min(...gaps)).toBeGreaterThan(900);
    });
  });

  it("keeps the old task while a release ends again and again, and its deployment goes on", async () => {
    const appService = {
      load_balancer: [],
      desired_count: 1,
      deployment_circuit_breaker: { enable: true, rollback: true },
    };
    const release = (command: readonly string[]): object =>
      template({ appService, appContainer: { command }, redisService: { desired_count: 0 } });
    const options = { template: release(["sleep", "60"]), images: { app: {}, redis: {} } };
    await withLocalEcs(options, async ({ ecs }) => {
      await ecs.waitUntilStable();
      const old = onlyTask(ecs, "test-app");
      await ecs.apply(release(["sh", "-c", "sleep 0.2; exit 1"]));
      const ended = () =>
        service(ecs, "test-app").tasks.filter(({ status }) => status === "STOPPED").length;
      await expect.poll(ended, { timeout: 30_000 }).toBeGreaterThan(3);
      expect(service(ecs, "test-app").deployments).toMatchObject([
        { rollout: "IN_PROGRESS", failedTasks: 0 },
        { rollout: "COMPLETED" },
      ]);
      expect(ecs.task(old.id).status).toBe("RUNNING");
    });
  });

  it("fails a release whose tasks fail their container checks", async () => {
    const appService = {
      load_balancer: [],
      desired_count: 1,
      deployment_circuit_breaker: breaker,
      health_check_grace_period_seconds: 0,
    };
    const healthCheck = { command: ["CMD-SHELL", "exit 1"], interval: 5, timeout: 60, retries: 1 };
    const appContainer = { command: ["sleep", "60"], healthCheck, stopTimeout: 2 };
    const overrides = { appService, appContainer, redisService: { desired_count: 0 } };
    const options = { template: template(overrides), images: { app: {}, redis: {} } };
    await withLocalEcs(options, async ({ ecs }) => {
      await expect(ecs.waitUntilStable()).rejects.toMatchObject({ code: "ERR_DEPLOYMENT" });
      expect(service(ecs, "test-app").deployments).toMatchObject([{ failedTasks: 3 }]);
    });
  });

  it("ignores failed container checks within the grace period", async () => {
    const appContainer = {
      command: ["sh", "-c", "exec sleep 60"],
      healthCheck: { command: ["CMD-SHELL", "exit 1"], interval: 5, timeout: 60, retries: 1 },
    };
    const appService = {
      desired_count: 1,
      load_balancer: [],
      health_check_grace_period_seconds: 3_600,
    };
    const overrides = { appContainer, appService, redisService: { desired_count: 0 } };
    await withLocalEcs({ template: template(overrides), speed: 20 }, async ({ ecs }) => {
      const health = () => service(ecs, "test-app").tasks.map((task) => task.health);
      await expect.poll(health).toEqual(["UNHEALTHY"]);
      await ecs.waitUntilStable({ timeout: 100 }).catch(() => {});
      expect(service(ecs, "test-app").tasks).toMatchObject([{ status: "RUNNING" }]);
    });
  });

  it("names the failing target health check if it is not stable in time", async () => {
    const health_check = { path: "/healthz", interval: 0.2, timeout: 2, matcher: "204" };
    const overrides = { redisService: { desired_count: 0 }, targetGroup: { health_check } };
    await withLocalEcs({ template: template(overrides) }, async ({ ecs }) => {
      const failure = (): Promise<string> =>
        ecs.waitUntilStable({ timeout: 50 }).then(() => "stable", messageOf);
      await expect
        .poll(failure)
        .toMatch(
          /^not stable within 50 ms: test-app: .*; GET \/healthz: Health checks failed with these codes: \[200\]/,
        );
      // The other target may not listen yet.
      expect(ecs.targets).toContainEqual({
        targetGroup: "test-app",
        service: "test-app",
        taskId: expect.stringMatching(/^[0-9a-f]{32}$/),
        state: expect.stringMatching(/^(?:initial|unhealthy)$/),
        failure: "Health checks failed with these codes: [200]",
        containerPort: 3_000,
        listenPort: expect.any(Number),
      });
    });
  });
});
