import { describe, expect, it } from "vitest";
import type { LocalEcs } from "../../../../harness/ecs/local-ecs.ts";
import { seen, withLocalEcs, type Run } from "../fixture/local.ts";
import { running, service } from "../fixture/services.ts";
import { template } from "../fixture/template.ts";

/** Answers with its version; its health check fails if that is "bad". */
const SERVE = `
  require("node:http").createServer((request, response) => {
    response.statusCode = request.url === "/healthz" && process.env.VERSION === "bad" ? 500 : 200;
    response.end(process.env.VERSION);
  }).listen(Number(process.env.PORT), process.env.HOST);
`;

const group = (name: string): object => ({
  name,
  port: 80,
  protocol: "HTTP",
  vpc_id: "${aws_vpc.main.id}",
  deregistration_delay: "1",
  health_check: { path: "/healthz", interval: 0.2, timeout: 2, unhealthy_threshold: 2 },
});

const forwardTo = (name: string): object => ({
  type: "forward",
  target_group_arn: `\${aws_lb_target_group.${name}.arn}`,
});

/** An app behind two target groups, with a production listener and a test listener. */
const release = (version: string, bake = 1, strategy = "BLUE_GREEN"): object =>
  template({
    redisService: { desired_count: 0 },
    appContainer: {
      image: "redis",
      command: [process.execPath, "-e", SERVE],
      environment: [
        { name: "PORT", value: "3000" },
        { name: "VERSION", value: version },
      ],
    },
    appService: {
      desired_count: 2,
      // A busy machine starts a program late.
      health_check_grace_period_seconds: version === "bad" ? 0 : 30,
      deployment_circuit_breaker: { enable: true, rollback: true },
      deployment_configuration: { strategy, bake_time_in_minutes: bake },
      load_balancer: {
        target_group_arn: "${aws_lb_target_group.blue.arn}",
        container_name: "app",
        container_port: 3000,
        advanced_configuration: {
          alternate_target_group_arn: "${aws_lb_target_group.green.arn}",
          production_listener_rule: "${aws_lb_listener_rule.production.arn}",
          test_listener_rule: "${aws_lb_listener.test.arn}",
          role_arn: "arn:aws:iam::111111111111:role/ecs",
        },
      },
    },
    resource: {
      aws_lb_target_group: { blue: group("blue"), green: group("green") },
      aws_lb_listener: {
        http: {
          load_balancer_arn: "${aws_lb.app.arn}",
          port: 80,
          default_action: [
            { type: "fixed-response", fixed_response: { content_type: "text/plain" } },
          ],
        },
        test: {
          load_balancer_arn: "${aws_lb.app.arn}",
          port: 8080,
          default_action: [forwardTo("green")],
        },
      },
      aws_lb_listener_rule: {
        production: {
          listener_arn: "${aws_lb_listener.http.arn}",
          action: forwardTo("blue"),
          condition: { path_pattern: { values: ["*"] } },
        },
      },
    },
  });

const urlOf = ({ loadBalancers }: LocalEcs, port: number): string =>
  loadBalancers[0]?.listeners.find((each) => each.port === port)?.url ?? "";

async function answer(ecs: LocalEcs, port = 80): Promise<string> {
  const response = await fetch(urlOf(ecs, port), { headers: { connection: "close" } });
  return response.ok ? response.text() : String(response.status);
}

/** The groups with targets that are not draining. */
function groupsOf(ecs: LocalEcs): string[] {
  const registered = ecs.targets.filter(({ state }) => state !== "draining");
  return [...new Set(registered.map(({ targetGroup }) => targetGroup))].toSorted();
}

/** Sends requests until `stop`. @returns the answers in order, each once */
function watch(ecs: LocalEcs) {
  const said: string[] = [];
  const over = new AbortController();
  const ask = async (): Promise<void> => {
    if (over.signal.aborted) return;
    const each = await answer(ecs);
    if (said.at(-1) !== each) said.push(each);
    await ask();
  };
  const asking = ask();
  return async (): Promise<string[]> => {
    over.abort();
    await asking;
    return said;
  };
}

const hasShifted = (run: Run): Promise<unknown> =>
  seen(
    run,
    (event) => event.type === "service" && event.message.includes("has shifted all requests"),
  );

describe("a blue/green deployment", () => {
  it("shifts all requests at once to tasks beside the old ones, which stay for the bake time", async () => {
    await withLocalEcs({ template: release("1") }, async (run) => {
      const { ecs } = run;
      await ecs.waitUntilStable();
      expect([await answer(ecs), groupsOf(ecs)]).toEqual(["1", ["blue"]]);
      const stop = watch(ecs);
      await ecs.apply(release("2"));
      await hasShifted(run);
      expect(running(ecs, "test-app")).toHaveLength(4);
      expect(groupsOf(ecs)).toEqual(["blue", "green"]);
      await ecs.waitUntilStable();
      expect(await stop()).toEqual(["1", "2"]);
      expect(groupsOf(ecs)).toEqual(["green"]);
      await ecs.apply(release("3"));
      await ecs.waitUntilStable();
      expect([await answer(ecs), groupsOf(ecs)]).toEqual(["3", ["blue"]]);
    });
  });

  it("keeps the tasks of a rolling deployment before it, too", async () => {
    await withLocalEcs({ template: release("1", 1, "ROLLING") }, async (run) => {
      const { ecs } = run;
      await ecs.waitUntilStable();
      await ecs.apply(release("2"));
      await hasShifted(run);
      expect(groupsOf(ecs)).toEqual(["blue", "green"]);
      await ecs.waitUntilStable();
      expect([await answer(ecs), groupsOf(ecs)]).toEqual(["2", ["green"]]);
    });
  });

  it("shows the test listener the new tasks before the shift", async () => {
    await withLocalEcs({ template: release("1") }, async (run) => {
      const { ecs } = run;
      await ecs.waitUntilStable();
      expect(await answer(ecs, 8080)).toBe("1");
      await ecs.apply(release("bad"));
      await expect.poll(() => answer(ecs, 8080), { interval: 20 }).toBe("bad");
      expect(await answer(ecs)).toBe("1");
    });
  });

  it("changes nothing for users if the new tasks fail", async () => {
    await withLocalEcs({ template: release("1") }, async (run) => {
      const { ecs } = run;
      await ecs.waitUntilStable();
      const old = running(ecs, "test-app").map(({ id }) => id);
      const stop = watch(ecs);
      await ecs.apply(release("bad"));
      await seen(run, (event) => event.type === "deployment" && event.status === "FAILED");
      await ecs.waitUntilStable();
      expect(await stop()).toEqual(["1"]);
      expect(running(ecs, "test-app").map(({ id }) => id)).toEqual(old);
      expect(service(ecs, "test-app").deployments[0]?.taskDefinition).toBe("test-app:1");
    });
  });

  it("shifts back if the new tasks fail in the bake time", async () => {
    await withLocalEcs({ template: release("1") }, async (run) => {
      const { ecs } = run;
      await ecs.waitUntilStable();
      await ecs.apply(release("2", 600));
      await hasShifted(run);
      // From now on no new task gets healthy, and the circuit breaker counts them.
      const isNew = (id: string): boolean => ecs.task(id).taskDefinition === "test-app:2";
      ecs.events.on("task", ({ taskId, to }) => {
        if (to === "RUNNING" && isNew(taskId)) ecs.faults.kill(taskId, "SIGKILL");
      });
      for (const { id } of running(ecs, "test-app")) if (isNew(id)) ecs.faults.kill(id, "SIGKILL");
      await seen(run, (event) => event.type === "deployment" && event.status === "FAILED");
      await ecs.waitUntilStable();
      expect([await answer(ecs), groupsOf(ecs)]).toEqual(["1", ["blue"]]);
      expect(service(ecs, "test-app").deployments[0]?.taskDefinition).toBe("test-app:1");
    });
  });
});
