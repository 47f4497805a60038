import { describe, expect, it } from "vitest";
import { readable } from "./readable.ts";

describe("readable", () => {
  it("opens documents and scripts, and leaves out what is noted for CDKTF", () => {
    const json = {
      "//": { metadata: {} },
      resource: {
        task: { a: { container_definitions: '[{"command":["sh","-c","one\\ntwo"]}]', "//": {} } },
        host: { b: { user_data: Buffer.from("#!/bin/bash\nset -e\n").toString("base64") } },
      },
    };
    expect(JSON.parse(readable(json))).toEqual({
      resource: {
        task: { a: { container_definitions: [{ command: ["sh", "-c", ["one", "two"]] }] } },
        host: { b: { user_data: ["#!/bin/bash", "set -e", ""] } },
      },
    });
  });

  it("puts into one line what fits, and nothing else", () => {
    const long = "x".repeat(90);
    expect(readable({ short: { a: [1, 2] }, long: [long, "y"] })).toBe(
      [
        "{",
        '  "short": { "a": [ 1, 2 ] },',
        '  "long": [',
        `    "${long}",`,
        '    "y"',
        "  ]",
        "}",
        "",
      ].join("\n"),
    );
  });

  it("ends with a line's end, as files do", () => {
    expect(readable({})).toBe("{}\n");
  });
});
