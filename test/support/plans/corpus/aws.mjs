// Answers the lookups of the recorded configurations: the account, a subnet, and a secret that exists.
import { createServer } from "node:http";

const ACCOUNT = "123456789012";
const SECRET = {
  ARN: `arn:aws:secretsmanager:eu-central-1:${ACCOUNT}:secret:prod/database-Ab1cD2`,
  Name: "prod/database",
  CreatedDate: 1_700_000_000,
  LastChangedDate: 1_700_000_000,
};
const IDENTITY = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <GetCallerIdentityResult><Arn>arn:aws:iam::${ACCOUNT}:user/recorded</Arn><UserId>AIDARECORDED</UserId><Account>${ACCOUNT}</Account></GetCallerIdentityResult>
</GetCallerIdentityResponse>`;

const SUBNETS = `<DescribeSubnetsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
  <subnetSet><item><subnetId>subnet-0a1b2c3d4e5f60718</subnetId><vpcId>vpc-0a1b2c3d4e5f60718</vpcId><cidrBlock>10.0.0.0/24</cidrBlock><ownerId>${ACCOUNT}</ownerId><subnetArn>arn:aws:ec2:eu-central-1:${ACCOUNT}:subnet/subnet-0a1b2c3d4e5f60718</subnetArn></item></subnetSet>
</DescribeSubnetsResponse>`;

const textOf = async (request) => (await request.toArray()).map(String).join("");

async function answer(request, response) {
  const target = String(request.headers["x-amz-target"] ?? "");
  const body = await textOf(request);
  if (target === "") {
    const text = body.includes("DescribeSubnets") ? SUBNETS : IDENTITY;
    response.setHeader("content-type", "text/xml").end(text);
    return;
  }
  const content = target.endsWith("GetResourcePolicy")
    ? { ARN: SECRET.ARN, Name: SECRET.Name }
    : SECRET;
  response.setHeader("content-type", "application/x-amz-json-1.1").end(JSON.stringify(content));
}

createServer((request, response) => void answer(request, response)).listen(8765, "127.0.0.1");
