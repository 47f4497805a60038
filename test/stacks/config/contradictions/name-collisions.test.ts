import { describe, expect, it } from "vitest";
import { parseEnvironments } from "../../../../stacks/config/parse-environments.ts";
import type { EnvironmentInput } from "../../../../stacks/config/environment-schema.ts";
import { refusal } from "../../support/refusal.ts";
import { external, minimalEnvironment, protectedParts } from "../../support/template.ts";

type Changes = Readonly<Record<string, Partial<EnvironmentInput>>>;

const search = { image: "example.com/search:1", port: 9200, memory: 32 };
const ended = { command: ["true"] };
const scheduled = { ...ended, schedule: "rate(1 hour)" };
const allowed = "allowed: another name of the environment, or of the service or task";

function withRest(changes: Changes) {
  return Object.fromEntries(
    Object.entries(changes).map(([name, each]) => [name, { ...minimalEnvironment, ...each }]),
  );
}

function refused(changes: Changes): string[] {
  return refusal(withRest(changes)).problems.map(
    ({ environment, field, message }) => `${environment}.${field}: ${message}`,
  );
}

function expectAccepted(changes: Changes): void {
  expect(parseEnvironments(withRest(changes))).toHaveLength(2);
}

describe("two environments whose services and tasks have the same full name", () => {
  const services = {
    dev: { services: { "qa-search": search, "qa-index": search } },
    "dev-qa": { services: { search, index: search, crawl: search } },
  };

  it("are refused, with one problem per name", () => {
    expect(refused(services)).toEqual([
      'dev-qa.services.search: creates the role "dev-qa-search-task", which services.qa-search of ' +
        `dev creates too; ${allowed}`,
      'dev-qa.services.index: creates the role "dev-qa-index-task", which services.qa-index of ' +
        `dev creates too; ${allowed}`,
    ]);
  });

  it("are refused in two regions of an account, because roles are global", () => {
    expect(
      refused({ ...services, "dev-qa": { ...services["dev-qa"], region: "eu-west-2" } }),
    ).toHaveLength(2);
    expectAccepted({ ...services, "dev-qa": { ...services["dev-qa"], account: "999999999999" } });
  });

  it("are refused with two schedules, whose roles have the same name", () => {
    const tasks = {
      dev: { tasks: { "qa-clean": scheduled } },
      "dev-qa": { tasks: { clean: scheduled }, region: "eu-west-2" },
    };
    expect(refused(tasks)).toEqual([
      'dev-qa.tasks.clean: creates the role "dev-qa-clean-schedule", which tasks.qa-clean of dev ' +
        `creates too; ${allowed}`,
    ]);
  });

  it.each([
    [
      "a task without a schedule",
      { tasks: { clean: ended } },
      { tasks: { "qa-clean": scheduled } },
    ],
    ["a service and a task", { services: { clean: search } }, { tasks: { "qa-clean": scheduled } }],
  ])("share a task family only in the same region: %s", (_, later, earlier) => {
    expect(refused({ dev: earlier, "dev-qa": later })).toEqual([
      expect.stringContaining(
        ': creates the family "dev-qa-clean", which tasks.qa-clean of dev creates too; allowed: ',
      ),
    ]);
    expectAccepted({ dev: earlier, "dev-qa": { ...later, region: "eu-west-2" } });
  });

  it("are refused if the backup copy of one has the name of the other's Redis", () => {
    expect(refused({ dev: { backup: {} }, "dev-copy": {} })).toEqual([
      'dev-copy.redis: creates the family "dev-copy-redis", which backup of dev creates too; ' +
        allowed,
    ]);
    expect(refused({ dev: protectedParts, "dev-copy": {} })).toHaveLength(1);
    expectAccepted({ dev: {}, "dev-copy": {} });
    expectAccepted({ dev: { backup: {} }, "dev-copy": external });
  });
});

it("two environments whose names differ only in hyphens are accepted", () => {
  expectAccepted({ "a--b": {}, "a-b": {} });
});
