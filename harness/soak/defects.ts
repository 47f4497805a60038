/** What can be broken on purpose, so that a soak can be seen to fail. */
export const DEFECTS = {
  "no-lock": "Redis takes no writer lock",
  "no-retries": "clients do not connect again",
  "leaked-socket": "clients leave a socket open each time they connect again",
} as const;

export type Defect = keyof typeof DEFECTS;
