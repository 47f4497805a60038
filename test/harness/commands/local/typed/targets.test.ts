import { describe, expect, it } from "vitest";
import { UsageError } from "../../../../../command-line/options.ts";
import {
  faultTargets,
  type Inventory,
  targetOf,
} from "../../../../../harness/commands/local/typed/targets.ts";

const task = (id: string, containers: readonly string[], status = "RUNNING") => ({
  id: id.padEnd(32, "0"),
  status,
  containers: containers.map((name) => ({ name })),
});

const service = (name: string, ...tasks: readonly object[]) => ({ name, tasks });

const inventory = {
  services: [
    service("web", task("aaaaaa1", ["app", "log"]), task("bbbbbb2", ["app", "log"])),
    service("worker", task("cccccc3", ["app"])),
    service("cache", task("dddddd4", ["redis"]), task("eeeeee5", ["redis"], "STOPPED")),
    service("empty"),
  ],
  hosts: [{ id: "host-1" }, { id: "host-2" }],
} as unknown as Inventory;

const id = (digits: string): string => digits.padEnd(32, "0");
const named = (name: string): string[] => faultTargets(targetOf(name, inventory));

describe("a target", () => {
  it.each([
    ["web", [id("aaaaaa1"), id("bbbbbb2")]],
    ["web/log", [`${id("aaaaaa1")}/log`, `${id("bbbbbb2")}/log`]],
    ["log", [`${id("aaaaaa1")}/log`, `${id("bbbbbb2")}/log`]],
    ["redis", [`${id("dddddd4")}/redis`]],
    ["bbbbbb", [id("bbbbbb2")]],
    ["bbbbbb/app", [`${id("bbbbbb2")}/app`]],
  ])("%s is %j", (name, targets) => {
    expect(named(name)).toEqual(targets);
  });

  it.each([
    ["app", /"app".*web\/app, worker\/app$/],
    ["nobody", /"nobody".*: web, web\/app, web\/log, aaaaaa, bbbbbb, /],
    ["web/redis", /"web\/redis"/],
    ["eeeeee", /"eeeeee"/],
    ["bbbb", /"bbbb"/],
    ["empty", /no task of empty/],
  ])("%s is refused: %s", (name, message) => {
    expect(() => named(name)).toThrow(UsageError);
    expect(() => named(name)).toThrow(message);
  });
});
