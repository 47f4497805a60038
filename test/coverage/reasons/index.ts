import type { Reasons } from "../unrun.ts";
import { ofCommands } from "./commands.ts";
import { ofEcs } from "./ecs.ts";
import { ofKinds } from "./kinds.ts";
import { ofPlays } from "./plays.ts";
import { ofRuntime } from "./runtime.ts";
import { ofStacks } from "./stacks.ts";

/** Why no test runs a statement. `npm run coverage` fails for one that is not in it, and for one too many. */
export const reasons: Reasons = {
  ...ofKinds,
  ...ofRuntime,
  ...ofStacks,
  ...ofEcs,
  ...ofCommands,
  ...ofPlays,
};
