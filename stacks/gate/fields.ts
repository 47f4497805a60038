export type Fields = Readonly<Record<string, unknown>>;

/** Whether a value of a plan has fields; a list has them by index. */
export const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null;
