import { describe, expect, it } from "vitest";
import { UsageError } from "../../../../../command-line/options.ts";
import {
  faultTargets,
  hostOf,
  type Inventory,
  serviceOf,
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

describe("a typed target", () => {
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
    ["app", /"app" may be any of web\/app, worker\/app$/],
    ["nobody", /there is no "nobody"; allowed are .*: web, web\/app, web\/log, aaaaaa, bbbbbb, /],
    ["web/redis", /there is no "web\/redis"/],
    ["eeeeee", /there is no "eeeeee"/],
    ["bbbb", /there is no "bbbb"/],
    ["empty", /no task of empty runs now/],
  ])("%s is refused: %s", (name, message) => {
    expect(() => named(name)).toThrow(UsageError);
    expect(() => named(name)).toThrow(message);
  });

  it("is a service where one is needed, or its only container", () => {
    expect(serviceOf("web", inventory)).toBe("web");
    expect(serviceOf("redis", inventory)).toBe("cache");
    expect(() => serviceOf("log", inventory)).toThrow(
      '"log" is no service; services are: web, worker, cache, empty',
    );
    expect(() => serviceOf("aaaaaa", inventory)).toThrow("is no service");
    expect(() => serviceOf(undefined, inventory)).toThrow("name a target");
  });

  it("is a host where one is needed", () => {
    expect(hostOf("host-2", inventory)).toBe("host-2");
    expect(() => hostOf("host-3", inventory)).toThrow("hosts are: host-1, host-2");
    expect(() => hostOf(undefined, inventory)).toThrow("name a host; hosts are: host-1");
  });
});
