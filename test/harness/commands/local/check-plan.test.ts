import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { startLocalEcs } from "../../../../harness/ecs/index.ts";
import { checkPlan, reportPage } from "../../../../harness/commands/local/check-plan.ts";
import { localOptions, type LocalOptions } from "../../../../harness/commands/local/options.ts";
import { wordsOf } from "../../../../harness/commands/shared/options/needs.ts";
import { localSettings } from "../../../../harness/commands/shared/templates/local-settings.ts";

const CORPUS = new URL("../../../support/plans/corpus/", import.meta.url).pathname;

const plans = readdirSync(CORPUS, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

const planFile = (name: string): string => `${CORPUS}${name}/plan.json`;

const optionsFor = (name: string, ...more: readonly string[]) => {
  const plan = planFile(name);
  return { ...localOptions(["--plan", plan, "--engine", "none", ...more]), plan };
};

/** The services that start with these options; undefined if the plan is refused. */
async function started(options: LocalOptions): Promise<readonly string[] | undefined> {
  const settings = await localSettings(options).catch(() => undefined);
  if (settings === undefined) return undefined;
  await using ecs = await startLocalEcs(settings.local);
  await ecs.apply(undefined, { timeout: 1 }).catch(() => {});
  return ecs.services.map(({ name }) => name).toSorted();
}

test.each(plans)("what is said of %s is what then happens", async (name) => {
  const { needs } = await checkPlan(optionsFor(name));
  const words = needs.flatMap(wordsOf).map((word) => word.replace("=COMMAND", "=sleep 1000"));
  const options = optionsFor(name, ...words);
  const { comesUp, refused, services } = await checkPlan(options);
  expect(comesUp).toBe(refused.length === 0);
  const names = services.map((service) => service.name).toSorted();
  expect(await started(options)).toEqual(comesUp ? names : undefined);
});

test("everything that a plan needs is in one command", async () => {
  const report = await checkPlan(optionsFor("environment-and-secrets"));
  expect(report).toMatchObject({ comesUp: false, refused: [] });
  expect(report.command).toMatch(
    /^npm run local -- --plan \S+ --engine none --env-file prod.env=FILE --secret prod\/database:password=TEXT --secret prod\/database:username=TEXT --secret \/prod\/token=TEXT --image shop=COMMAND$/,
  );
  const page = reportPage(report);
  expect(page).toContain("It comes up with what it needs:\n  settings, 1 task\n");
  expect(page).toContain(`\n  ${report.command}\n`);
});

test("a name in a plan moves nothing on the terminal", () => {
  const evil = "\u001b[2J\u001b[8m\nIt comes up:";
  const page = reportPage({
    comesUp: false,
    services: [{ name: evil, tasks: 1, containers: [{ name: evil, image: evil, from: "image" }] }],
    needs: [{ option: "image", name: evil, why: evil }],
    command: evil,
    notes: [evil],
    refused: [evil],
  });
  expect(page).not.toMatch(/(?!\n)\p{Cc}/u);
  expect(page).not.toMatch(/^It comes up/m);
});

test.each([
  [["--check", "dev"], "option --check: needs --plan"],
  [["--json", "dev"], "option --json: needs --check"],
])("%j is refused", (args, message) => {
  expect(() => localOptions(args)).toThrow(message);
});
