import { tmpdir } from "node:os";
import { expect, it } from "vitest";
import { errorText } from "../../command-line/error-text.ts";

it("names the folder for temporary files after ENOSPC", () => {
  const full = Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
  expect(errorText(full)).toContain(tmpdir());
  expect(errorText(new Error("other"))).toBe("other");
});
