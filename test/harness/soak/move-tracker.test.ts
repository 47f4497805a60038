import { expect, test } from "vitest";
import type { ClientOperation } from "../../../harness/soak/clients/messages.ts";
import { MoveTracker } from "../../../harness/soak/move-tracker.ts";

const set = (end: number | undefined, endpoint?: string): ClientOperation => ({
  client: 0,
  key: "k",
  kind: "set",
  value: String(end),
  start: 0,
  end,
  ...(endpoint === undefined ? {} : { endpoint }),
});

test("a move is a write acknowledged at another host and port", () => {
  const tracker = new MoveTracker();
  tracker.add([set(1, "127.0.0.1:1"), set(2, "127.0.0.1:1")]);
  expect(tracker.moves).toEqual([]);
  tracker.add([set(7, "127.0.0.1:2"), set(9, "127.0.0.1:2"), set(12, "127.0.0.3:2")]);
  expect(tracker.moves).toEqual([
    { from: "127.0.0.1:1", to: "127.0.0.1:2", lastAt: 2, at: 7 },
    { from: "127.0.0.1:2", to: "127.0.0.3:2", lastAt: 9, at: 12 },
  ]);
});
