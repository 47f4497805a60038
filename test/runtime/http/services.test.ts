import { expect, it } from "vitest";

import { Services } from "../../../runtime/src/http/services.ts";

it("sets sockets like HTTP clients, also if an option is undefined", () => {
  const defaults = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 };
  const none = { noDelay: undefined, keepAlive: undefined, keepAliveInitialDelay: undefined };
  expect(new Services({}).options).toEqual(defaults);
  expect(new Services(none as object).options).toEqual(defaults);
  expect(new Services({ ...defaults, noDelay: false }).options.noDelay).toBe(false);
});
