import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { UsageError } from "../../../../../command-line/options.ts";
import {
  commandNames,
  type CommandContext,
  runLine,
} from "../../../../../harness/commands/local/typed/run-commands.ts";
import {
  FAULTS,
  type LocalEcs,
  readSavedPlan,
  startLocalEcs,
} from "../../../../../harness/ecs/index.ts";
import { firstPlan, service } from "../../../ecs/terraform/saved/fixture.ts";

const sleeper = (name: string) => ({
  name,
  image: "sleeper:1",
  memory: 64,
  command: ["sleep", "60"],
  stopTimeout: 2,
  linuxParameters: { initProcessEnabled: true },
});

/** A service of two containers, and one of one; `two` survives the end of its first container. */
async function started(): Promise<LocalEcs> {
  const definitions = [
    [sleeper("main"), { ...sleeper("side"), essential: false }],
    [sleeper("only")],
  ];
  const plan = firstPlan(
    ...["pair", "single"].flatMap((name, index) => [
      {
        address: `aws_ecs_task_definition.${name}`,
        values: {
          family: name,
          network_mode: "bridge",
          container_definitions: JSON.stringify(definitions[index]),
        },
        unknown: { arn: true },
      },
      service(name),
    ]),
  );
  const { first } = await readSavedPlan(plan);
  const ecs = await startLocalEcs({ template: first, images: { sleeper: {} } });
  await ecs.apply();
  await ecs.waitUntilStable();
  return ecs;
}

describe("a line for a run", () => {
  let ecs: LocalEcs;
  const printed: string[] = [];
  const deployed: (string | undefined)[] = [];
  let quits = 0;
  const type = (line: string): Promise<void> => {
    const context: CommandContext = {
      ecs,
      signal: new AbortController().signal,
      print: (text) => void printed.push(text),
      redeploy: (name) => void deployed.push(name),
      untilStable: (timeout) => ecs.waitUntilStable({ timeout }),
      quit: () => (quits += 1),
    };
    return runLine(line, context);
  };
  const container = (serviceName: string, name: string) =>
    ecs.services
      .find((each) => each.name === serviceName)
      ?.tasks.findLast(({ status }) => status === "RUNNING")
      ?.containers.find((each) => each.name === name);
  /** `T`: stopped by a signal. */
  const stateOf = (name: string): string => {
    const pid = container("pair", name)?.pid;
    return /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1] ?? "";
  };

  beforeAll(async () => {
    ecs = await started();
  });
  afterAll(() => ecs.close());

  it("pauses one container of a task, and resumes it", async () => {
    await type("pause pair/side");
    await expect.poll(() => stateOf("side")).toBe("T");
    expect(stateOf("main")).not.toBe("T");
    await type("pause pair");
    await expect.poll(() => stateOf("main")).toBe("T");
    await type("repair pause side");
    expect(ecs.faults.active).toHaveLength(1);
    // The other cause is still there.
    expect(stateOf("side")).toBe("T");
    await type("resume pair");
    await expect.poll(() => stateOf("main")).not.toBe("T");
    await expect.poll(() => stateOf("side")).not.toBe("T");
  });

  it("kills one container, and is done when it has gone", async () => {
    const main = container("pair", "main")?.pid;
    await type("kill side");
    expect(container("pair", "side")?.pid).toBeUndefined();
    expect(container("pair", "main")?.pid).toBe(main);
    const { id = "" } = ecs.services.find(({ name }) => name === "single")?.tasks[0] ?? {};
    await type(`kill ${id.slice(0, 6)}`);
    await type("stable");
    // The killed one may still be stopping.
    const tasks = ecs.services.find(({ name }) => name === "single")?.tasks ?? [];
    const running = tasks.filter(({ status }) => status === "RUNNING");
    expect(running.map((task) => task.id === id)).toEqual([false]);
  });

  it("begins each fault that lasts, and repairs all at once", async () => {
    const lines = ["cut pair", "slow 10", "full-disk pair", "no-mounts", "overlap", "dns slow"];
    for (const line of [...lines, "no-records", "cloud-map down", "reuse-port single"]) {
      await type(line);
    }
    const lasting = ecs.faults.active.map(({ fault }) => FAULTS[fault].command);
    const begun = lines.map((line) => line.split(" ")[0]);
    expect(new Set(lasting)).toEqual(new Set([...begun, "no-records", "cloud-map", "reuse-port"]));
    await type("repair dns");
    await expect(type("repair dns")).rejects.toThrow(
      '"dns" does not last; what lasts: cut (the network to pair is cut), slow (storage is slow)',
    );
    await type("repair");
    expect(ecs.faults.active).toEqual([]);
  });

  it("drains a host, loses one, and tells how things are", async () => {
    await type("drain host-1");
    await type("stable");
    await type("status");
    expect(printed.at(-1)).toMatch(/host-1 127\S+ DRAINING[^]* {2}single: 1 of 1, stable\n/);
    await type("activate host-1");
    expect(ecs.hosts.map(({ status }) => status)).toEqual(["ACTIVE", "ACTIVE"]);
    await type("lose-host host-1");
    await type("repair lose-host host-1");
    expect(ecs.faults.active).toEqual([]);
  });

  it("deploys again, lists what can be typed, ends the run, or is a comment", async () => {
    for (const line of ["d", "redeploy single", "redeploy only", "  # a comment", ""]) {
      await type(line);
    }
    expect(deployed).toEqual([undefined, "single", "single"]);
    await type("help");
    for (const name of commandNames) expect(printed.at(-1)).toContain(`  ${name} `);
    await type("quit");
    expect(quits).toBe(1);
  });

  it.each([
    ["blub", /there is no command "blub"; commands are: kill, pause, cut, /],
    ["toString", /there is no command "toString"/],
    ["kill", /name a target; allowed are a service/],
    ["kill pair SIGFOO", /"SIGFOO" is not known; allowed are: SIGKILL, SIGTERM/],
    ["kill pair SIGTERM now", /kill: unexpected "now"; it is: kill TARGET \[SIGNAL\]/],
    ["cut side", /"side" is no service; services are: pair, single/],
    ["dns", /a word is missing; allowed are: down, slow/],
    ["cloud-map odd", /"odd" is not known; allowed are: throttled, down/],
    ["slow 0", /"0" is not allowed; allowed is a whole number from 1 to 1000000/],
    ["wait", /"" is not allowed; allowed is a whole number from 1 to 3600/],
    ["lose-host x", /there is no host "x"; hosts are: host-1/],
    ["repair blub", /"blub" does not last; what lasts: nothing/],
    ["resume pair", /"pause pair" does not last/],
  ])("%s is refused, with what is allowed", async (line, message) => {
    await expect(type(line)).rejects.toThrow(UsageError);
    await expect(type(line)).rejects.toThrow(message);
  });
});
