/** An answer of the agent. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export const json = (
  status: number,
  body: unknown,
  headers: Reply["headers"] = { "content-type": "application/json" },
): Reply => ({ status, headers, body: JSON.stringify(body) });
