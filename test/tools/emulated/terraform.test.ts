import { expect, it } from "vitest";
import { Terraform } from "../../../tools/emulated/terraform.ts";

it("reports a program that cannot be run", async () => {
  const where = { folder: "/", variables: {}, timeout: 10_000 };
  const terraform = new Terraform({ ...where, program: "/nowhere/terraform" });
  await expect(terraform.run(["init"])).rejects.toMatchObject({
    code: "ERR_TERRAFORM_FAILED",
    message: expect.stringMatching(/^\/nowhere\/terraform: .*ENOENT/) as string,
  });
});
