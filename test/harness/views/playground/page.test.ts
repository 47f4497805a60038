import { expect, test } from "vitest";
import { environmentSetup } from "../../../../harness/plays/setups/environment-setup.ts";
import { oldSetup } from "../../../../harness/plays/setups/old-setup.ts";
import { renderPage } from "../../../../harness/views/playground/page.ts";
import { Playground } from "../../../../harness/views/playground/playground.ts";
import { sectionsOf } from "../../../../harness/views/playground/sections.ts";

// Before anything runs: the page is there first.
const pageOf = (options: Pick<Playground["options"], "setups" | "users" | "ownApp">): string => {
  const playground = new Playground({ environment: "dev", seed: 1, ...options });
  return renderPage(playground, sectionsOf(playground)).replaceAll(/\s+/g, " ");
};

const fresh = { id: "new", setup: environmentSetup("dev") } as const;
const old = { id: "old", setup: oldSetup() } as const;

test("one setup alone has no column, no figures and no effects of the other", () => {
  const page = pageOf({ setups: [fresh] });
  expect(page).toContain("Each button acts on the new setup.");
  expect(page).toContain("No users yet");
  expect(page).not.toMatch(/old setup/i);
});

test("both setups say what users do, and why a fault is not possible in the old one", () => {
  const page = pageOf({ setups: [fresh, old] });
  expect(page).toContain("Each button acts on both setups at once.");
  expect(page).toContain("sign a guest book in Redis, or read it");
  expect(page).toContain("Not possible: the app does not use DNS to find Redis.");
});

test("with one's own app the page says what users ask for, and what the app gets in each setup", () => {
  const setups = [fresh, old];
  const page = pageOf({ setups, users: { path: "/readyz" }, ownApp: `<node "server.js">` });
  expect(page).toContain("&lt;node &quot;server.js&quot;&gt;");
  expect(page).toContain("ask for GET /readyz; an answer other than 2xx is a failure");
  expect(page).toContain("REDIS_URL=redis+srv://dev-redis.dev-ecs.");
  expect(page).toContain("REDIS_URL=redis://redis:6379.");
});
