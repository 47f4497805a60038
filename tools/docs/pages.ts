import { costsPage } from "./costs-page.ts";
import { environmentsPage } from "./environments-page.ts";

import { plansPage } from "./plans-page.ts";
import { rulesPage } from "./rules-page.ts";
import { templatesOf } from "./templates.ts";

/**
 * The text of the generated pages, by path from the repository's root.
 *
 * @param environments what `environments.ts` exports
 */
export function pages(environments: unknown): Readonly<Record<string, string>> {
  const templates = templatesOf(environments);
  return {
    "docs/environments.md": environmentsPage(),
    "docs/rules.md": rulesPage(),
    "docs/costs.md": costsPage(templates),
    "docs/plans.md": plansPage(),
  };
}
