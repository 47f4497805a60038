import { HarnessError } from "../base/errors.ts";
import type { UserIds } from "../terraform/plan/plan.ts";
import type { LocalImage } from "./image.ts";

const ROOT: UserIds = { uid: 0, gid: 0 };

/**
 * The user of a container: `user` of its definition, else of its image. The default group is the user's own. As
 * in Docker, a number that is not a user of the image gets group 0.
 * https://docs.docker.com/reference/dockerfile/#user
 * @throws HarnessError ERR_IMAGE with a user that the image does not define
 */
export function userOf(
  { name, user }: { readonly name: string; readonly user?: string | undefined },
  image: LocalImage,
): UserIds {
  const wanted = user ?? image.user;
  if (wanted === undefined) return ROOT;
  const known = knownUsers(image);
  const [who = "", group] = wanted.split(":");
  const found = isNumber(who)
    ? (Object.values(known).find(({ uid }) => uid === Number(who)) ?? { uid: Number(who), gid: 0 })
    : known[who];
  const gid =
    group === undefined ? found?.gid : isNumber(group) ? Number(group) : known[group]?.gid;
  if (found && gid !== undefined) return { uid: found.uid, gid };
  const [kind, missing] = found ? ["group", group] : ["user", who];
  const isPlain = image.root === undefined;
  const why = isPlain
    ? `${kind} ${missing} has no number; give it`
    : `the image has no ${kind} ${missing} in /etc/${found ? "group" : "passwd"}; add it there, or use a number such as "1000:1000"`;
  throw new HarnessError("ERR_IMAGE", `container "${name}": ${why}`, {
    ...(isPlain && { hint: { option: "images.users", name: missing ?? "" } }),
  });
}

const isNumber = (text: string): boolean => /^\d+$/.test(text);

function knownUsers({ users = {} }: LocalImage): Readonly<Record<string, UserIds>> {
  const known = Object.entries(users).map(([name, ids]): [string, UserIds] => {
    const [, uid, gid] = /^(\d+):(\d+)$/.exec(ids) ?? [];
    if (uid !== undefined) return [name, { uid: Number(uid), gid: Number(gid) }];
    const message = `image users.${name}: expected numbers as "1000:1000", got ${JSON.stringify(ids)}`;
    throw new HarnessError("ERR_IMAGE", message);
  });
  return { root: ROOT, ...Object.fromEntries(known) };
}
