import { HarnessError, type RootModule, type Upgrade, upgradeBetween } from "../ecs/index.ts";
import type { Setup } from "../plays/setups/setup.ts";
import type { Template } from "../plays/setups/template.ts";
import { upgradeSetup } from "../plays/setups/upgrade-setup.ts";
import { noticesOf } from "./effects.ts";
import { ofBackend } from "./state-backend.ts";
import type { UpgradeSummary } from "./upgrade-table.ts";

/** An analysed upgrade and the setup to play it in. */
export interface Analysis {
  readonly upgrade: Upgrade;
  readonly summary: UpgradeSummary;
  /** The old version, as the local ECS starts it. */
  readonly setup: Setup;
}

/** Attributes that only AWS knows, the same for both versions. */
export function knownIn({ local }: Setup) {
  const { parameters, secrets, namespaces = {}, attributes = {} } = local;
  return { parameters, secrets, namespaces, attributes, drawn: new Map<string, string>() };
}

/**
 * Analyses the upgrade of an environment.
 * @param next the current environment
 * @throws HarnessError if the local ECS cannot read a template
 */
export async function analyse(next: Setup, old: RootModule, from: string): Promise<Analysis> {
  const known = knownIn(upgradeSetup(next, old as Template));
  const template = next.local.template as RootModule;
  const upgrade = await upgradeBetween(old, template, known);
  const notices = [...ofBackend(old, template), ...noticesOf(upgrade, next.services.redis)];
  const summary = { environment: next.environment, from, changes: upgrade.changes, notices };
  return { upgrade, summary, setup: upgradeSetup(next, upgrade.old as Template) };
}

/**
 * In another account or region, Terraform does not find the running resources, or replaces them.
 * @throws HarnessError if the account or region differs
 */
export function refuseElsewhere({ upgrade: { before, after }, summary }: Analysis): void {
  const { environment, from } = summary;
  for (const place of ["account", "region"] as const) {
    if (before[place] === after[place]) continue;
    const message = `${environment}: its ${place} was ${before[place]} in ${from} and is ${after[place]} now. Terraform would create every resource again there, and Redis without its data. Revert the change and add another environment, or give the running version with --from`;
    throw new HarnessError("ERR_UNSUPPORTED", message);
  }
}
