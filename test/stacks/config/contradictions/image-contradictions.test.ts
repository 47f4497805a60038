import { expect, it } from "vitest";
import { latestImages } from "../../../../stacks/config/contradictions/image-contradictions.ts";
import { parseEnvironments } from "../../../../stacks/config/parse-environments.ts";
import { refusedLines } from "../../support/refusal.ts";
import { devWith, minimalEnvironment, protectedParts } from "../../support/template.ts";

const app = { ...minimalEnvironment.app, loadBalancer: false as const };
const LATEST = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:latest";
const DIGEST = `@sha256:${"0".repeat(64)}`;

it("refuses the tag latest in a protected environment", () => {
  const changes = {
    app: { ...app, image: LATEST },
    services: { worker: { image: LATEST, port: 9_000 } },
  };
  expect(refusedLines({ ...protectedParts, ...changes })).toEqual([
    expect.stringMatching(/^dev\.app\.image: /),
    expect.stringMatching(/^dev\.services\.worker\.image: /),
  ]);
});

it.each([`${LATEST}${DIGEST}`, LATEST.replace("latest", "1.0.0")])("accepts %s there", (image) => {
  expect(() => devWith({ ...protectedParts, app: { ...app, image } })).not.toThrow();
});

it("accepts latest in an environment that is not protected, and finds it for a note", () => {
  expect(() => devWith({ app: { ...app, image: LATEST } })).not.toThrow();
  const images = [LATEST, `${LATEST}${DIGEST}`, { ssmParameter: "/image" }];
  const found = images.map((image) => {
    const [environment] = parseEnvironments({
      dev: { ...minimalEnvironment, app: { ...app, image } },
    });
    return environment && latestImages(environment);
  });
  expect(found).toEqual([[LATEST], [], []]);
});
