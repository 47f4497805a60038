import { environmentsPage } from "./environments-page.ts";
import { plansPage } from "./plans-page.ts";
import { rulesPage } from "./rules-page.ts";

/** The text of the generated pages, by path from the repository's root. */
export const pages = (): Readonly<Record<string, string>> => ({
  "docs/environments.md": environmentsPage(),
  "docs/rules.md": rulesPage(),
  "docs/plans.md": plansPage(),
});
