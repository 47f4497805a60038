import type { UserIds } from "../terraform/plan.ts";

/**
 * The argv of a program that runs as another user, with that user's rights to write alone. It may read
 * everything (CAP_DAC_READ_SEARCH): in an image it could read its programs, which are somebody's own here.
 * @param endsWithParent whether the kernel kills it when its parent ends; a change of user forgets it
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
