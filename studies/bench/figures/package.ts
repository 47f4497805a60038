import { readFileSync } from "node:fs";
import type { Figure } from "../figure.ts";
import { spreadOf } from "../statistics.ts";

const MANIFEST = new URL("../../../runtime/package.json", import.meta.url);

/** The dependencies of the package. */
export const packageFigure: Figure = {
  name: "package",
  measure: async () => {
    const { dependencies = {} } = JSON.parse(readFileSync(MANIFEST, "utf8")) as {
      readonly dependencies?: Readonly<Record<string, string>>;
    };
    const names = Object.keys(dependencies);
    return [
      {
        name: "package dependencies",
        title: "package, production dependencies",
        value: names.length,
        unit: "",
        goal: { most: 0 },
        entries: [
          {
            contestant: "direct",
            measured: spreadOf([names.length]),
            unit: "",
            note: names.join(", "),
          },
        ],
      },
    ];
  },
};
