import { expect, test } from "vitest";
import { actionOf } from "../../../../harness/views/playground/actions.ts";
import { renderPage } from "../../../../harness/views/playground/page.ts";
import { Playground } from "../../../../harness/views/playground/playground.ts";
import { sectionsOf } from "../../../../harness/views/playground/sections.ts";
import { fresh, old } from "./setups.ts";

// Before anything runs: the page is there first.
type Options = Pick<Playground["options"], "setups"> & Partial<Playground["options"]>;

const playgroundOf = (options: Options): Playground =>
  new Playground({ environment: "dev", seed: 1, ...options });

const rendered = (playground: Playground): string =>
  renderPage(playground, sectionsOf(playground)).replaceAll(/\s+/g, " ");

const pageOf = (options: Options): string => rendered(playgroundOf(options));

test("one setup alone has no column, no figures and no effects of the other", () => {
  const page = pageOf({ setups: [fresh] });
  expect(page).toContain("Each button acts on the new setup.");
  expect(page).toContain("No users yet");
  expect(page).not.toMatch(/old setup/i);
});

test("a plan by itself has its name, and nothing of a pair of setups", () => {
  const plan = { environment: "shop", isPlan: true } as const;
  const split = pageOf({
    setups: [{ ...fresh, setup: { ...fresh.setup, srvName: undefined } }],
    ...plan,
  });
  expect(split).toContain("Each button acts on the plan shop.");
  expect(split).toContain("App and Redis are two services. They are those of the plan.");
  expect(split).toContain("None: Redis has no SRV records.");
  const together = pageOf({ setups: [old], ...plan });
  expect(together).toContain("two containers of one task. They are those of the plan.");
  expect(together).toContain("None: the app reaches Redis inside its own task.");
  for (const page of [split, together]) expect(page).not.toMatch(/(old|new) setup|example dev/i);
});

test("both setups say what users do, and why a fault is not possible in the old one", () => {
  const page = pageOf({ setups: [fresh, old] });
  expect(page).toContain("Each button acts on both setups at once.");
  expect(page).toContain("sign a guest book in Redis, or read it");
  expect(page).toContain("not possible: the app does not use DNS to find Redis.");
  const others = pageOf({ setups: [fresh, old], environment: "prod" });
  expect(others).toContain(
    "two containers of one task. Its sizes and times are those of the example dev.",
  );
  expect(page).not.toContain("Its sizes and times");
});

test("a press that did nothing in one setup says why, beside its button", () => {
  const playground = playgroundOf({ setups: [fresh, old] });
  const [, side] = playground.sides;
  const kill = actionOf("redis-killed");
  if (!kill || !side) throw new Error("there is no such button, or no old setup");
  side.skip(kill, side.refusalOf(kill) ?? "");
  expect(rendered(playground)).toContain(
    `<b>Old setup:</b> <span class="broken">not done: no Redis is running</span>`,
  );
});

test("a setup that cannot be started does not end the page, and says why", async () => {
  const setup = { ...old.setup, local: { ...old.setup.local, template: { resource: [] } } };
  const playground = playgroundOf({ setups: [fresh, { id: "old", setup }] });
  await expect(playground.sides[1]?.start()).rejects.toThrow("resource");
  const page = rendered(playground);
  expect(page).toMatch(/Old setup<\/p> <p class="now">Does not run<\/p> <p>It could not be/);
  expect(playground.busy?.id).toBe("new");
  // Alone, it ends the command.
  const only = Playground.start({ environment: "dev", seed: 1, setups: [{ id: "old", setup }] });
  await expect(only).rejects.toThrow("resource");
});

test("with one's own app the page says what users ask for, and what the app gets in each setup", () => {
  const setups = [fresh, old];
  const page = pageOf({ setups, users: { path: "/readyz" }, ownApp: `<node "server.js">` });
  expect(page).toContain("&lt;node &quot;server.js&quot;&gt;");
  expect(page).toContain("ask for GET /readyz; an answer other than 2xx is a failure");
  expect(page).toContain("REDIS_URL=redis+srv://dev-redis.dev-ecs.");
  expect(page).toContain("REDIS_URL=redis://redis:6379.");
});
