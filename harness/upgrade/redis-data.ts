import type { Notice } from "./notice.ts";
import type { RedisTask } from "./redis-tasks.ts";

const NAMES = ["Redis", "Valkey"] as const;

/** The server of an image, as far as its name says. */
interface Server {
  readonly name: (typeof NAMES)[number] | undefined;
  readonly major: number;
  readonly minor: number | undefined;
}

/** Whether a Redis that starts again finds its data and can read them. */
export function* ofData(was: RedisTask, is: RedisTask): Generator<Notice> {
  const { definition: address, folder } = is;
  if (was.folder === undefined) {
    const what = "Redis has no volume that outlasts its task, so its data end with it";
    const advice = "make sure that Redis can be filled again, or give it a file system first";
    yield { effect: "loses data", address, what, advice };
    return;
  }
  if (was.folder !== folder) {
    const what = `Redis starts with the data in ${folder ?? "the container"}: its current data stay in ${was.folder}`;
    const advice = "make sure that Redis has its data in the new place, or revert the change";
    yield { effect: "leaves data", address, what, advice };
    return;
  }
  const [old, next] = [serverIn(was.image), serverIn(is.image)];
  if (was.image === is.image || old === undefined || next === undefined) return;
  if (!mayRead(next, old)) {
    const what = `${said(next)} cannot read the data of ${said(old)}, if that has changed their format: it ends, and Redis is down`;
    const advice = `stay with ${said(old)} or a later minor version, or restore a backup that ${said(next)} can read (docs/operations.md, Upgrade Redis)`;
    yield { effect: "does not start", address, what, advice };
  } else if (next.major > old.major) {
    const what = `${said(next)} converts the data of ${said(old)}, so only a backup is a way back`;
    const advice = "make a backup first (docs/operations.md, Upgrade Redis)";
    yield { effect: "restarts", address, what, advice };
  }
}

/** @returns undefined if the tag has no version: `8.0.4-bookworm` has one, a digest has none */
function serverIn(image: string): Server | undefined {
  const [, name] = /(redis|valkey)[^/]*$/i.exec(image) ?? [];
  const [, major, minor] = /:v?(\d{1,2})(?:\.(\d+))?(?:[.-][\w.-]*)?(?:@|$)/.exec(image) ?? [];
  if (major === undefined) return undefined;
  return {
    name: NAMES.find((each) => each.toLowerCase() === name?.toLowerCase()),
    major: Number(major),
    minor: minor === undefined ? undefined : Number(minor),
  };
}

/** Whether a server reads another server's data for sure. */
function mayRead(next: Server, old: Server): boolean {
  if (next.name !== undefined && old.name !== undefined && next.name !== old.name) return false;
  if (next.major !== old.major) return next.major > old.major;
  return next.minor === undefined || old.minor === undefined || next.minor >= old.minor;
}

/** `Redis 8.0`, `Valkey 9`, `version 8`. */
const said = ({ name, major, minor }: Server): string =>
  `${name ?? "version"} ${major}${minor === undefined ? "" : `.${minor}`}`;
