import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parse } from "@cdktf/hcl2json";
import { describe, expect, it } from "vitest";
import { readTemplate } from "../../harness/ecs/index.ts";
import { readConfiguration } from "../../harness/ecs/terraform/configuration/written-module.ts";

const ROOT = join(import.meta.dirname, "../..");
const read = (...names: string[]): string => readFileSync(join(ROOT, ...names), "utf8");

/** Words for the unit of a number. */
const UNIT = /\b(MiB|seconds|minutes|days|percent|CPU units|port|tasks|version|step)\b/i;

/** Words of AWS, in commands and the types of constraints, and the rows that translate the fields of an environment. */
const OTHER_WORDS =
  /```sh\n.*?```|distinctInstance|memberOf|logConfiguration|memoryReservation|^\| `redis\.[^\n]*/gms;

/** Text in a table of terraform-docs, outside of code. */
const prose = (text: unknown): string =>
  String(text)
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith("`") ? part : part.replaceAll("_", String.raw`\_`)))
    .join("");

describe.each(["redis", "discovered-service"])("the module %s", async (name) => {
  const folder = join("modules", name);
  const page = read(folder, "README.md");
  const files = readdirSync(join(ROOT, folder)).filter((file) => file.endsWith(".tf"));
  const texts = files.map((file) => read(folder, file));
  const { variables, outputs, locals, calls, modules } = await readConfiguration(
    join(ROOT, folder),
  );
  /** Whether the module passes an input as it is to another one, which checks it. */
  const isPassedOn = (input: string): boolean =>
    [...calls.values()].some((call) => Reflect.get(call, input) === `\${var.${input}}`);

  it("has the layout of a registry's modules", () => {
    expect(readdirSync(join(ROOT, folder))).toEqual(
      expect.arrayContaining([
        "README.md",
        "examples",
        "main.tf",
        "outputs.tf",
        "tests",
        "variables.tf",
        "versions.tf",
      ]),
    );
  });

  it("has no provider, backend or data source", async () => {
    const blocks = await Promise.all(files.map((file, at) => parse(file, texts[at] ?? "")));
    const kinds = new Set(blocks.flatMap((file) => Object.keys(file)));
    expect([...kinds].filter((kind) => ["provider", "data"].includes(kind))).toEqual([]);
    expect(
      JSON.stringify(blocks.map((file) => (file as { terraform?: object }).terraform)),
    ).not.toMatch(/backend|cloud/);
  });

  it.each([...variables])("has the input %s in its page as it is", (input, variable) => {
    const { description, default: fallback } = variable;
    const row = page
      .split("\n")
      .find((line) => line.startsWith(`| <a name="input_${input}"></a> `));
    expect(row).toContain(` | ${prose(description)} | `);
    const [value, required] =
      fallback === undefined ? ["n/a", "yes"] : [`\`${JSON.stringify(fallback)}\``, "no"];
    expect(row).toContain(` | ${value} | ${required} |`);
  });

  it.each([...outputs])("has the output %s in its page as it is", (output, { description }) => {
    expect(page).toContain(`| <a name="output_${output}"></a> `);
    expect(page).toContain(` | ${prose(description)} |\n`);
  });

  it("has in its page nothing that it does not have", () => {
    const named = [...page.matchAll(/<a name="(input|output)_(\w+)">/g)];
    expect(named.length).toBe(variables.size + outputs.size);
  });

  it("checks every input but switches, itself or in the module that it calls", () => {
    const free = [...variables].filter(([, { validation = [] }]) => validation.length === 0);
    const others = free.filter(([, { type }]) => type !== "${bool}").map(([input]) => input);
    expect(others.filter((input) => !isPassedOn(input))).toEqual([]);
  });

  it("passes an input on with its type, and its default unless Redis has one of its own", () => {
    const there = [...modules.values()][0]?.variables;
    const passedOn = [...variables].filter(([input]) => isPassedOn(input));
    const own = new Set(["image", "memory", "cpu"]);
    for (const [input, { type, default: fallback, nullable }] of passedOn) {
      const other = there?.get(input);
      const [wanted, found] = own.has(input)
        ? [[type], [other?.type]]
        : [
            [type, fallback, nullable],
            [other?.type, other?.default, other?.nullable],
          ];
      expect(found, input).toEqual(wanted);
    }
  });

  it("says what an input is, the unit of a number, and the input's name in errors", () => {
    for (const [input, { type, description, validation = [] }] of variables) {
      const errors = validation.map((each) => each.error_message);
      expect(description, input).toMatch(/^\S[^$]{3,}$/);
      expect([description, ...errors].join(" "), input).toMatch(type === "${number}" ? UNIT : /./);
      expect(errors.filter((error) => !error.startsWith(`${input}: `))).toEqual([]);
    }
  });

  it("uses every input and every local value", () => {
    const code = texts.join("\n");
    const others = files
      .flatMap((file, at) => (file === "variables.tf" ? [] : [texts[at]]))
      .join("\n");
    // A check alone uses vpc_id of the namespace.
    const unused = [...variables.keys()].filter((input) => !others.includes(`var.${input}`));
    expect(unused.filter((input) => !code.includes(`var.${input}.`))).toEqual([]);
    expect([...locals.keys()].filter((local) => !code.includes(`local.${local}`))).toEqual([]);
  });

  it("reads from its log group only what is known before apply", () => {
    // What a new log group makes unknown, such as its ARN, would replace the service if the group is deleted by hand.
    const inResources = texts.filter((_, at) => files[at] !== "outputs.tf").join("\n");
    const used = [...inResources.matchAll(/aws_cloudwatch_log_group\.\w+\.(\w+)/g)];
    expect(used.map(([, attribute]) => attribute).filter((each) => each !== "name")).toEqual([]);
  });

  it("does not mention the fields of an environment", () => {
    expect(page.replaceAll(OTHER_WORDS, "")).not.toMatch(/\b[a-z]+[A-Z][A-Za-z]+\b/);
  });

  it.each(readdirSync(join(ROOT, folder, "examples")))(
    "has the example %s, which comes up",
    async (example) => {
      const known = { parameters: {}, namespaces: { "ns-0123abcd": "dev-ecs" }, drawn: new Map() };
      const place = join(ROOT, folder, "examples", example);
      const { plan } = await readTemplate(place, known);
      const written = readdirSync(place).map((file) => read(folder, "examples", example, file));
      const besides = written.join("\n").match(/^resource "aws_ecs_service"/gm) ?? [];
      expect(plan.services.length).toBe(1 + besides.length);
    },
  );
});

it("the page of modules/redis says of each input what a later change of it does", async () => {
  const { variables } = await readConfiguration(join(ROOT, "modules/redis"));
  const [, section = ""] =
    /^## Later changes\n(.*?)^## /ms.exec(read("modules/redis/README.md")) ?? [];
  const changes = [...section.matchAll(/^\| (.*?) \| /gm)].map(([, change = ""]) => change);
  const named = changes.flatMap((change) =>
    [...change.matchAll(/`(\w+)`/g)].map(([, name]) => name),
  );
  expect([...variables.keys()].filter((name) => !named.includes(name))).toEqual([]);
});

it("every page and example has the provider versions of the modules", () => {
  const versions = read("modules/redis/versions.tf");
  const own = [...versions.matchAll(/source\s+= ("hashicorp\/\w+")[^}]*?version = (".*")/g)];
  const wanted = new Map(own.map(([, source, version]) => [source, version]));
  expect([...wanted.keys()]).toEqual(['"hashicorp/aws"', '"hashicorp/random"']);
  for (const file of [
    "modules/discovered-service/versions.tf",
    "modules/redis/examples/minimal/main.tf",
    "modules/redis/examples/production/main.tf",
    "modules/discovered-service/examples/minimal/main.tf",
    "modules/discovered-service/examples/complete/main.tf",
    "examples/terraform/main.tf",
    "docs/own-terraform.md",
  ]) {
    const found = [
      ...read(file).matchAll(/source\s+= ("hashicorp\/\w+")[^}]*?version\s+= (".*?")/g),
    ];
    expect(found.length, file).toBeGreaterThan(0);
    for (const [, source, version] of found) expect(version, file).toBe(wanted.get(source));
  }
});

it("pages name the tag of this version", () => {
  const { version } = JSON.parse(read("package.json")) as { version: string };
  for (const page of ["modules/redis", "modules/discovered-service"].map(
    (folder) => `${folder}/README.md`,
  ))
    expect(new Set(read(page).match(/\?ref=[^"]+/g)), page).toEqual(new Set([`?ref=v${version}`]));
  expect(read("docs/own-terraform.md")).toContain(`?ref=v${version}"`);
});
