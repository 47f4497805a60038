import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { installOnDemand, onDemandFolder } from "./on-demand.ts";

/** A folder that has one package of a version. */
function withInstalled(version: string) {
  const name = `on-demand-test-${process.pid}`;
  const home = join(onDemandFolder(name), "node_modules/some-package");
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, "package.json"), JSON.stringify({ version }));
  const remove = (): void => rmSync(onDemandFolder(name), { recursive: true, force: true });
  return { name, [Symbol.dispose]: remove };
}

it("installs nothing that is there already, in these versions", async () => {
  using installed = withInstalled("1.2.3");
  const packages = { "some-package": "1.2.3" };
  const folder = await installOnDemand({ name: installed.name, packages });
  expect(folder).toBe(onDemandFolder(installed.name));
});

it("installs another version, unless it is interrupted", async () => {
  using installed = withInstalled("1.2.3");
  const wanted = { name: installed.name, packages: { "some-package": "1.2.4" } };
  const installing = installOnDemand({ ...wanted, signal: AbortSignal.abort() });
  await expect(installing).rejects.toMatchObject({ name: "AbortError" });
});
