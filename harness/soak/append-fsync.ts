/** When Redis brings what it wrote onto the disk; an environment may have the first two. */
export const APPEND_FSYNC = ["always", "everysec", "no"] as const;

export type AppendFsync = (typeof APPEND_FSYNC)[number];
