import { environmentSetup } from "../../../../harness/plays/setups/environment-setup.ts";
import { example } from "../../../../harness/plays/setups/example-environment.ts";
import { oldSetup } from "../../../../harness/plays/setups/old-setup.ts";

/** The two setups of a playground. */
export const fresh = {
  id: "new",
  setup: environmentSetup("dev", { environments: example }),
} as const;
export const old = { id: "old", setup: oldSetup() } as const;
