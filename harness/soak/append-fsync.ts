/** When Redis syncs writes to disk. An environment may have the first two. */
export const APPEND_FSYNC = ["always", "everysec", "no"] as const;

export type AppendFsync = (typeof APPEND_FSYNC)[number];
