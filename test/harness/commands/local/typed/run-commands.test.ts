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
import { FAST } from "../../../ecs/fixture/local.ts";
import { firstPlan, service } from "../../../ecs/terraform/saved/fixture.ts";

const sleeper = (name: string) => ({
  name,
  image: "sleeper:1",
  memory: 64,
  command: ["sh", "-c", "echo printed at the start; exec sleep 60"],
  environment: [{ name: "GREETING", value: "hello" }],
  stopTimeout: 2,
  linuxParameters: { initProcessEnabled: true },
});

/** A service with two containers and a service with one. */
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
  const ecs = await startLocalEcs({ template: first, images: { sleeper: {} }, ...FAST });
  await ecs.apply();
  await ecs.waitUntilStable();
  return ecs;
}

describe("a typed command", () => {
  let ecs: LocalEcs;
  const printed: string[] = [];
  const deployed: (string | undefined)[] = [];
  let quits = 0;
  const type = (line: string): Promise<void> => {
    const context: CommandContext = {
      ecs,
      signal: new AbortController().signal,
      print: (text) => void printed.push(text),
      apply: () => undefined,
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

  it("runs a command in a container, with its variables, and shows what containers print", async () => {
    printed.length = 0;
    await type(`exec single sh -c 'echo "two  words"; exit 0'`);
    await type("exec single printenv GREETING");
    await type("exec single false");
    expect(printed).toEqual(["two  words", "hello", "  exit code 1"]);
    await expect(type("exec pair printenv")).rejects.toThrow(
      /several containers.*pair\/main, pair/,
    );
    await expect(type("exec single")).rejects.toThrow("a command is missing");
    await type("logs single");
    expect(printed.join("\n")).toContain("printed at the start");
  });

  it("freezes one container of a task and resumes it", async () => {
    await type("freeze pair/side");
    await expect.poll(() => stateOf("side")).toBe("T");
    expect(stateOf("main")).not.toBe("T");
    await type("freeze pair");
    await expect.poll(() => stateOf("main")).toBe("T");
    await type("repair freeze side");
    expect(ecs.faults.active).toHaveLength(1);
    // The second freeze is still active.
    expect(stateOf("side")).toBe("T");
    await type("resume pair");
    await expect.poll(() => stateOf("main")).not.toBe("T");
    await expect.poll(() => stateOf("side")).not.toBe("T");
  });

  it("kills one container and waits for its end", async () => {
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

  it("moves a service to another host, and leaves its host to other tasks", async () => {
    const hostOf = () =>
      ecs.services
        .find(({ name }) => name === "single")
        ?.tasks.findLast(({ status }) => status === "RUNNING")?.host;
    const before = hostOf();
    await type("move single");
    expect(hostOf()).not.toBe(before);
    expect(new Set(ecs.hosts.map(({ status }) => status))).toEqual(new Set(["ACTIVE"]));
  });

  it("begins each lasting fault and repairs all of them", async () => {
    const lines = [
      "partition pair",
      "slow-storage 10",
      "disk-full pair",
      "mount-fails",
      "pull-fails",
      "overlap",
      "dns-slow",
    ];
    for (const line of [...lines, "records", "cloud-map-api down", "reuse-port single"]) {
      await type(line);
    }
    const lasting = ecs.faults.active.map(({ fault }) => FAULTS[fault].command);
    const begun = lines.map((line) => line.split(" ")[0]?.replace("dns-slow", "dns"));
    expect(new Set(lasting)).toEqual(new Set([...begun, "records", "cloud-map-api", "reuse-port"]));
    await type("repair dns");
    await expect(type("repair dns")).rejects.toThrow(
      /"dns".*: partition \(.*pair.*\), slow-storage /,
    );
    await type("repair");
    expect(ecs.faults.active).toEqual([]);
  });

  it("takes the earlier names of faults, also to end them", async () => {
    for (const line of ["cut pair", "slow", "no-records", "cloud-map throttled"]) await type(line);
    expect(ecs.faults.active.map(({ fault }) => fault)).toEqual([
      "partition",
      "slowStorage",
      "records",
      "cloudMapApi",
    ]);
    for (const line of ["repair cut", "repair slow", "repair records-gone", "repair cloud-map"]) {
      await type(line);
    }
    expect(ecs.faults.active).toEqual([]);
  });

  it("drains a host, loses a host and shows the status", async () => {
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

  it("redeploys, shows the help, ends the run, or is a comment", async () => {
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
    ["blub", /"blub".*: kill, freeze, partition, /],
    ["toString", /"toString"/],
    ["kill", /a target is missing/],
    ["kill pair SIGFOO", /"SIGFOO".*: SIGHUP, SIGINT/],
    ["kill pair SIGTERM now", /"now".*kill TARGET \[SIGNAL\]/],
    ["partition side", /"side".*: pair, single/],
    ["dns", /missing.*: down, slow/],
    ["cloud-map-api odd", /"odd".*: throttled, down/],
    ["slow-storage 0", /"0".*from 1 to 1000000/],
    ["wait", /"".*from 1 to 3600/],
    ["lose-host x", /"x".*: host-1/],
    ["repair blub", /"blub"/],
    ["resume pair", /"freeze pair"/],
  ])("%s is refused", async (line, message) => {
    await expect(type(line)).rejects.toThrow(UsageError);
    await expect(type(line)).rejects.toThrow(message);
  });
});
