import type { UserIds } from "../terraform/plan/plan.ts";

/**
 * The argv of a program that runs as another user. It can write only what that user can write. It can read all
 * files (CAP_DAC_READ_SEARCH), because the image's programs have other owners on this machine.
 * @param endsWithParent whether the kernel kills it when its parent ends; a change of user resets that
 */
export const asUser = (
  { uid, gid }: UserIds,
  argv: readonly string[],
  endsWithParent: boolean,
): readonly string[] => [
  "/usr/bin/setpriv",
  `--reuid=${uid}`,
  `--regid=${gid}`,
  "--clear-groups",
  "--inh-caps=+dac_read_search",
  "--ambient-caps=+dac_read_search",
  ...(endsWithParent ? ["--pdeathsig=KILL"] : []),
  "--",
  ...argv,
];
