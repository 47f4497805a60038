import { expect, test } from "vitest";
import { environments } from "../../../../../environments.ts";
import { playedImages } from "../../../../../harness/commands/shared/images/played-images.ts";
import { playedSetup } from "../../../../../harness/plays/setups/environment-setup.ts";

const setup = () => playedSetup("dev", { environments });
const [, app = ""] = Object.keys(setup().local.images);

test("a command replaces the app of an environment, and the line says what is a process", async () => {
  const options = { image: { app: "node server.js" }, engine: "none" } as const;
  const { images, kinds } = await playedImages(options, setup());
  expect(images).toEqual({ [app]: expect.objectContaining({ command: expect.any(Array) }) });
  expect(kinds).toContain(
    "All containers are processes of this machine, not images: --engine none",
  );
});

test("an unknown image is refused with those there are", async () => {
  const asked = playedImages({ image: { search: "node x.js" }, engine: "none" }, setup());
  await expect(asked).rejects.toThrow("no image search; images: ");
});

test("an app with an image of its own keeps the command of its definition", () => {
  const dev = { ...environments.dev, app: { ...environments.dev.app, command: ["serve-it"] } };
  const commandIn = (images: object) => {
    const { local } = playedSetup("dev", { environments: { dev }, images: images as never });
    return JSON.stringify(local.template).includes("serve-it");
  };
  expect(commandIn({ [app]: { root: "/image" } })).toBe(true);
  expect(commandIn({})).toBe(false);
});
