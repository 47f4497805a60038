import type { WrittenFolder } from "./written-folder.ts";

// A file of `terraform test`, which evaluates a folder with mocked providers.
// https://developer.hashicorp.com/terraform/language/tests/mocking

/** Values in place of those that a provider would compute, for one instance or data source. */
export interface Override {
  readonly kind: "resource" | "data";
  readonly address: string;
  readonly values: Readonly<Record<string, unknown>>;
}

export interface TestFile {
  /** Of an apply every value is known, of a plan which values are not. */
  readonly command: "plan" | "apply";
  readonly targets: readonly string[];
  readonly overrides: readonly Override[];
  /** What data sources find, by type: only those that this version of the provider has. */
  readonly found: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** What is known before resources are created, by type. */
  readonly planned: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** The name of its only run. */
const RUN = "evaluate";

export function testFile(
  { providers }: Pick<WrittenFolder, "providers">,
  { command, targets, overrides, found, planned }: TestFile,
): string {
  const mocks = [...providers].flatMap(([name, aliases]) =>
    [undefined, ...aliases].map((alias) =>
      block(`mock_provider ${literal(name)}`, [
        ...(alias === undefined ? [] : [`alias = ${literal(alias)}`]),
        ...(name === "aws"
          ? [
              ...Object.entries(found).map(([type, values]) =>
                block(`mock_data ${literal(type)}`, [`defaults = ${literal(values)}`]),
              ),
              ...Object.entries(planned).map(([type, values]) =>
                block(`mock_resource ${literal(type)}`, [
                  "override_during = plan",
                  `defaults = ${literal(values)}`,
                ]),
              ),
            ]
          : []),
      ]),
    ),
  );
  const values = overrides.map((each) =>
    block(`override_${each.kind}`, [
      `target = ${each.address}`,
      `values = ${literal(each.values)}`,
    ]),
  );
  const run = block(`run "${RUN}"`, [
    `command = ${command}`,
    block("plan_options", [`target = [${targets.join(", ")}]`]),
  ]);
  return [...mocks, ...values, run].join("\n");
}

const block = (head: string, lines: readonly string[]): string =>
  `${head} {\n${lines.map((line) => `${line}\n`).join("")}}`;

/** A value in HCL, whose strings would be templates. */
const literal = (value: unknown): string =>
  JSON.stringify(value).replaceAll(/[$%]\{/g, (start) => `${start[0]}${start}`);
