import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { loadedBy } from "../../support/loaded.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

test.each(["start", "local", "faults", "scenarios", "soak"])(
  "npm run %s does not load scenarios or stacks for a list, a help text or a usage error",
  async (name) => {
    const loaded = [...(await loadedBy(ROOT, `harness/commands/${name}/main.ts`))];
    expect(loaded.length).toBeGreaterThan(3);
    const slow =
      /^stacks\/|^harness\/(?:ecs|views)\/|^harness\/plays\/(?:steps|setups\/environment-setup)/;
    // The lists themselves, and the reader of environments.ts.
    const quick =
      /^harness\/ecs\/base\/|^harness\/views\/(?:terminal\/(?:scenario-list|wrap)|soak-lines)\.ts$|^stacks\/(?:load-environments|config\/config-error)\.ts$/;
    expect(loaded.filter((path) => slow.test(path) && !quick.test(path))).toEqual([]);
  },
);

/** Scripts that run for long. A sequence of checks ends at the first failure and needs no signal. */
const isLong = ([name, line]: [string, string]): boolean =>
  /\.ts|&& /.test(line) && !line.startsWith("vitest ") && !["types", "check"].includes(name);

test("a script execs its program, so a signal to npm reaches the program and not a shell", () => {
  const text = readFileSync(new URL("../../../package.json", import.meta.url), "utf8");
  const { scripts } = JSON.parse(text) as { scripts: Record<string, string> };
  const long = Object.entries(scripts).filter(isLong);
  expect(long.map(([name]) => name)).toEqual(
    expect.arrayContaining(["start", "local", "faults", "scenarios", "soak", "playground", "test"]),
  );
  for (const [name, line] of long) expect(line, name).toMatch(/(?:^|&& )exec \S+ [^&]*$/);
});
