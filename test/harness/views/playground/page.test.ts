import { expect, test } from "vitest";
import { renderPage } from "../../../../harness/views/playground/page.ts";
import { Playground } from "../../../../harness/views/playground/playground.ts";
import { sectionsOf } from "../../../../harness/views/playground/sections.ts";
import { fresh, old } from "./setups.ts";

// Pages before the environments start.
type Options = Pick<Playground["options"], "setups"> & Partial<Playground["options"]>;

const playgroundOf = (options: Options): Playground =>
  new Playground({ environment: "dev", seed: 1, ...options });

const rendered = (playground: Playground): string =>
  renderPage(playground, sectionsOf(playground)).replaceAll(/\s+/g, " ");

test("a setup that fails to start shows the reason and does not end the page", async () => {
  const setup = { ...old.setup, local: { ...old.setup.local, template: { resource: [] } } };
  const playground = playgroundOf({ setups: [fresh, { id: "old", setup }] });
  await expect(playground.sides[0]?.start()).rejects.toThrow("resource");
  const page = rendered(playground);
  expect(page).toMatch(
    /Old setup<\/span> <b class="now">Does not run<\/b><\/p> <p>It could not be/,
  );
  expect(playground.busy?.id).toBe("new");
  // As the only setup, it ends the command.
  const only = Playground.start({ environment: "dev", seed: 1, setups: [{ id: "old", setup }] });
  await expect(only).rejects.toThrow("resource");
});
