import { expect, it } from "vitest";
import type { EnvironmentInput } from "../../../stacks/config/environment-schema.ts";
import { brokenRules } from "../../../stacks/rules/index.ts";
import type { RuleProblem } from "../../../stacks/rules/rule-error.ts";
import type { Finding, Rule } from "../../../stacks/rules/rule.ts";
import { Template } from "../../../stacks/rules/template.ts";
import { devWith, minimalEnvironment } from "./template.ts";

type Json = Record<string, unknown>;

/** A copy of a valid template, to be broken. */
export interface Draft {
  readonly json: Json;
  /** The resource at `type.id`. */
  readonly resource: (address: string) => Json;
  readonly add: (address: string, body: Json) => void;
  readonly remove: (address: string) => void;
  /** Changes the only container of the task definition of `redis` or `app`. */
  readonly container: (service: string, change: (container: Json) => void) => void;
  /** Changes the words of Redis' command. */
  readonly command: (from: string | RegExp, to: string) => void;
  /** Changes the words of its health check. */
  readonly healthCheck: (from: string | RegExp, to: string) => void;
}

type Change = (draft: Draft) => void;

/** A way to break a rule: the place of the finding or findings, the change, and the value in the message. */
export type Break = readonly [
  rule: string,
  where: string | readonly string[],
  change: Change,
  environment?: Partial<EnvironmentInput>,
  got?: unknown,
];

/** A change that looks wrong but breaks no rule. */
export type Kept = readonly [
  title: string,
  change: Change,
  environment?: Partial<EnvironmentInput>,
];

function draftOf(changes: Partial<EnvironmentInput> = {}): Draft {
  const json = structuredClone(devWith(changes).json) as Json;
  const place = (address: string): [byId: Json, id: string] => {
    const [type = "", id = ""] = address.split(".");
    const byType = json["resource"] as Record<string, Json>;
    return [(byType[type] ??= {}), id];
  };
  const resource = (address: string): Json => {
    const [byId, id] = place(address);
    const found = byId[id];
    if (found === undefined) throw new Error(`the template has no ${address}`);
    return found as Json;
  };
  const container: Draft["container"] = (service, change) => {
    const definition = resource(`aws_ecs_task_definition.${service}_task_definition`);
    const [first, ...more] = JSON.parse(String(definition["container_definitions"])) as Json[];
    if (first === undefined) throw new Error(`${service} has no container`);
    change(first);
    definition["container_definitions"] = JSON.stringify([first, ...more]);
  };
  return {
    json,
    resource,
    container,
    add: (address, body) => {
      const [byId, id] = place(address);
      byId[id] = body;
    },
    remove: (address) => {
      resource(address);
      const [byId, id] = place(address);
      Reflect.deleteProperty(byId, id);
      // Also removes references to it.
      for (const byName of Object.values(json.resource as Record<string, Record<string, Json>>)) {
        for (const other of Object.values(byName)) {
          const needs = other["depends_on"] as string[] | undefined;
          if (needs) other["depends_on"] = needs.filter((need) => need !== address);
        }
      }
    },
    command: (from, to) => container("redis", (redis) => changeWords(redis, from, to)),
    healthCheck: (from, to) =>
      container("redis", ({ healthCheck }) => changeWords(healthCheck as Json, from, to)),
  };
}

/** Changes the words of a command. */
function changeWords(part: Json, from: string | RegExp, to: string): void {
  const words = part["command"] as string[];
  const changed = words.map((word) => word.replace(from, to));
  if (changed.join() === words.join()) throw new Error(`no ${String(from)} in ${words.join(" ")}`);
  part["command"] = changed;
}

/** Changes the user data of the hosts. */
export function rewriteUserData({ resource }: Draft, from: string, to: string): void {
  const hosts = resource("aws_launch_template.cluster_launch_template");
  const script = Buffer.from(String(hosts["user_data"]), "base64").toString("utf8");
  if (!script.includes(from)) throw new Error(`no ${from} in ${script}`);
  hosts["user_data"] = Buffer.from(script.replace(from, to)).toString("base64");
}

function problemsIn({ json }: Draft, changes: Partial<EnvironmentInput> = {}) {
  const { account, region } = minimalEnvironment;
  const subject = { name: "dev", account, region, protected: changes.protected ?? false };
  return brokenRules(json, subject);
}

const placeOf = ({ rule, finding: { address, field } }: RuleProblem): string =>
  `${rule.id} at ${address}.${field}`;

/** Environments whose unchanged templates were already checked. */
const good = new Set<string>();

function problemsAfter(change: Change, environment: Partial<EnvironmentInput> = {}) {
  const draft = draftOf(environment);
  const key = JSON.stringify(environment);
  const before = good.has(key) ? [] : problemsIn(draft, environment);
  expect(before.map(placeOf)).toEqual([]);
  good.add(key);
  change(draft);
  return problemsIn(draft, environment);
}

/** Tests that each change breaks only its rule, and that every rule has a test. */
export function testBreaks(rules: readonly Rule[], breaks: readonly Break[]): void {
  for (const [rule, where, change, environment, got] of breaks) {
    it(`${rule} is broken at ${[where].flat().join(" and ")}, and nothing else is`, () => {
      const problems = problemsAfter(change, environment);
      expect(problems.map(placeOf)).toEqual([where].flat().map((each) => `${rule} at ${each}`));
      expect(problems[0]?.finding).toMatchObject(got === undefined ? {} : { got });
    });
  }

  it("all have a test that breaks them", () => {
    const broken = new Set(breaks.map(([rule]) => rule));
    expect([...broken].toSorted()).toEqual(rules.map(({ id }) => id).toSorted());
  });
}

/** The findings of one rule in a template with only these resources. */
export function foundBy(rules: readonly Rule[], id: string, resource: Json): readonly Finding[] {
  const rule = rules.find((each) => each.id === id);
  if (rule === undefined) throw new Error(`no rule is named ${id}`);
  const { account, region } = minimalEnvironment;
  const subject = { name: "dev", account, region, protected: false };
  return [...rule.check(new Template({ resource }), subject)];
}

/** Tests that each change breaks no rule. */
export function testKept(changes: readonly Kept[]): void {
  for (const [title, change, environment] of changes) {
    it(`accept ${title}`, () => {
      expect(problemsAfter(change, environment).map(placeOf)).toEqual([]);
    });
  }
}
