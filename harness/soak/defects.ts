/** Defects that make a soak fail, to test the soak. */
export const DEFECTS = {
  "no-lock": "Redis takes no writer lock",
  "no-retries": "clients do not reconnect",
  "leaked-socket": "clients leak a socket at each reconnect",
} as const;

export type Defect = keyof typeof DEFECTS;
