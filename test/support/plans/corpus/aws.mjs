// Answers the lookups of the recorded configurations: the account, and a secret that exists.
import { createServer } from "node:http";

const ACCOUNT = "123456789012";
const SECRET = {
  ARN: `arn:aws:secretsmanager:eu-central-1:${ACCOUNT}:secret:prod/database-Ab1cD2`,
  Name: "prod/database",
  CreatedDate: 1_700_000_000,
};
const IDENTITY = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <GetCallerIdentityResult><Arn>arn:aws:iam::${ACCOUNT}:user/recorded</Arn><UserId>AIDARECORDED</UserId><Account>${ACCOUNT}</Account></GetCallerIdentityResult>
</GetCallerIdentityResponse>`;

createServer((request, response) => {
  const target = request.headers["x-amz-target"] ?? "";
  if (target === "") {
    response.setHeader("content-type", "text/xml").end(IDENTITY);
    return;
  }
  const answer = target.endsWith("GetResourcePolicy")
    ? { ARN: SECRET.ARN, Name: SECRET.Name }
    : SECRET;
  response.setHeader("content-type", "application/x-amz-json-1.1").end(JSON.stringify(answer));
}).listen(8765, "127.0.0.1");
