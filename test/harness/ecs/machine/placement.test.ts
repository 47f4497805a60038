import { describe, expect, it } from "vitest";
import { readTemplate } from "../../../../harness/ecs/terraform/template.ts";
import { template, type Overrides } from "../fixture/template.ts";
import type {
  ServicePlan,
  TaskDefinitionPlan,
} from "../../../../harness/ecs/terraform/plan/plan.ts";
import { Host } from "../../../../harness/ecs/machine/host.ts";
import { place } from "../../../../harness/ecs/machine/placement.ts";
import { TaskAddresses } from "../../../../harness/ecs/machine/addresses.ts";
import { HostPorts, programPorts } from "../../../../harness/ecs/machine/ports.ts";

async function app(
  overrides: Overrides = {},
): Promise<{ service: ServicePlan; task: TaskDefinitionPlan }> {
  const known = { parameters: {}, drawn: new Map<string, string>() };
  const { plan } = await readTemplate(template(overrides), known);
  const service = plan.services.find(({ name }) => name === "test-app");
  const task = plan.taskDefinitions.get("aws_ecs_task_definition.app");
  if (!service || !task) throw new Error("the template has an app");
  return { service, task };
}

const hosts = (memory = 1000): Host[] => {
  const shared = {
    programPorts: programPorts([42_000, 42_999], 0.5),
    addresses: new TaskAddresses("127.0.0."),
  };
  return ["a", "b"].map((id, index) => {
    const address = `127.0.0.${index + 1}`;
    return new Host(id, address, memory, new HostPorts(address, [42_000, 42_999], 0), shared);
  });
};

/** Places a number of tasks. Returns the names of the hosts, or the reason. */
function placeMany(
  count: number,
  on: Host[],
  { service, task }: { service: ServicePlan; task: TaskDefinitionPlan },
): string[] {
  return Array.from({ length: count }, (_, index) => {
    const placement = place(on, service, task, () => 0);
    if ("reason" in placement) return placement.reason;
    placement.host.reserve(`task${index}`, service.name, task);
    return placement.host.id;
  });
}

describe("place", () => {
  it("spreads a service's tasks over the hosts", async () => {
    expect(placeMany(4, hosts(), await app())).toEqual(["a", "b", "a", "b"]);
  });

  it("fills one host first with binpack", async () => {
    const packed = await app({
      appService: { ordered_placement_strategy: { type: "binpack", field: "memory" } },
    });
    expect(placeMany(3, hosts(), packed)).toEqual(["a", "a", "a"]);
  });

  it("chooses a host at random with random", async () => {
    const drawn = await app({ appService: { ordered_placement_strategy: { type: "random" } } });
    for (const [draws, first] of [
      [[0.2, 0.7], "a"],
      [[0.7, 0.2], "b"],
    ] as const) {
      const left = [...draws];
      const placement = place(hosts(), drawn.service, drawn.task, () => left.shift() ?? 0);
      expect("host" in placement && placement.host.id).toBe(first);
    }
  });

  it("uses the next strategy between hosts that the previous one ranks equal", async () => {
    const ordered_placement_strategy = [
      { type: "spread", field: "instanceId" },
      { type: "binpack", field: "memory" },
    ];
    const spread = await app({ appService: { ordered_placement_strategy } });
    const [roomy, full] = hosts();
    if (!roomy || !full) throw new Error("there are two");
    full.reserve("other", "other", { ...spread.task, memory: 500 });
    expect(placeMany(3, [roomy, full], spread)).toEqual(["b", "a", "b"]);
    expect(placeMany(1, [roomy, full], await app())).toEqual(["a"]);
  });

  it("returns the missing memory of each host", async () => {
    expect(placeMany(3, hosts(150), await app())[2]).toBe(
      "The closest matching (container-instance a) has insufficient memory available (22 of 128 MiB); (container-instance b) has insufficient memory available (22 of 128 MiB).",
    );
  });

  it("places one task on a host with distinctInstance", async () => {
    const distinct = await app({
      appService: { placement_constraints: [{ type: "distinctInstance" }] },
    });
    expect(placeMany(3, hosts(), distinct)[2]).toContain("(distinctInstance)");
  });

  it.each([22, 2375, 51_678])(
    "places no task that wants the host's own port %i",
    async (hostPort) => {
      const fixed = await app({
        appContainer: { portMappings: [{ containerPort: 3000, hostPort }] },
      });
      expect(placeMany(1, hosts(), fixed)[0]).toContain(
        `a port required by your task (${hostPort})`,
      );
    },
  );

  it("places one task on a host if its port is fixed", async () => {
    const fixed = await app({
      appContainer: { portMappings: [{ containerPort: 3000, hostPort: 8080 }] },
    });
    expect(placeMany(3, hosts(), fixed)[2]).toContain(
      "(container-instance a) is already using a port required by your task (8080)",
    );
  });

  it("frees a host's memory and ports when a task ends", async () => {
    const { service, task } = await app();
    const [host] = hosts();
    host?.reserve("t", service.name, task);
    const bound = await host?.bind("t", task, false);
    const port = bound?.ports.get("app")?.[0]?.hostPort ?? 0;
    expect(host?.isPortTaken(port)).toBe(true);
    host?.release("t");
    expect(host?.isPortTaken(port)).toBe(false);
    expect(host?.state()).toMatchObject({ freeMemory: 1000, tasks: [] });
  });
});
