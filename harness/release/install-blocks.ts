import { withBlock } from "../results/marked-block.ts";

const sh = (...lines: readonly string[]): string => block("sh", lines);
const dockerfile = (...lines: readonly string[]): string => block("dockerfile", lines);

const block = (language: string, lines: readonly string[]): string =>
  ["```" + language, ...lines, "```"].join("\n");

/**
 * What pages say of the installation once the package is in the registry. Before the first release they say how to
 * pack it.
 */
const BLOCKS: Readonly<Record<string, Readonly<Record<string, (version: string) => string>>>> = {
  "README.md": {
    install: (version) =>
      ["In your app's folder:", sh(`npm install srv-dialer@${version} ioredis`)].join("\n\n"),
  },
  "runtime/README.md": {
    install: (version) =>
      ["Node.js 20.19 or later.", sh(`npm install srv-dialer@${version}`)].join("\n\n"),
    "image of an app": () =>
      dockerfile(
        "FROM node:24-slim",
        "WORKDIR /app",
        "COPY package.json package-lock.json ./",
        "RUN npm ci --omit=dev",
        "COPY . .",
        'CMD ["node", "app.js"]',
      ),
    "image of the sidecar": (version) =>
      [
        "Its image:",
        dockerfile("FROM node:24-slim", `RUN npm install --global srv-dialer@${version}`),
      ].join("\n\n"),
  },
  "examples/app/README.md": {
    install: (version) =>
      ["For an app of your own:", sh(`npm install srv-dialer@${version} ioredis`)].join("\n\n"),
  },
};

/** The pages that say how the package is installed. */
export const INSTALL_PAGES = Object.keys(BLOCKS);

/** @throws when the page has not the marks of its blocks */
export function withInstallation(path: string, page: string, version: string): string {
  return Object.entries(BLOCKS[path] ?? {}).reduce(
    (text, [mark, write]) => withBlock(text, mark, write(version)),
    page,
  );
}
