// Says who the JavaScript SDK is by its default chain: once, or with an argument for each line that it is sent.
import { createInterface } from "node:readline";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";

const client = new STSClient({});

async function whoami() {
  const identity = await client.send(new GetCallerIdentityCommand({}));
  return `${identity.Account} ${identity.Arn}`;
}

if (process.argv.length > 2) {
  for await (const _ of createInterface({ input: process.stdin })) {
    console.log(await whoami().catch((error) => `error: ${String(error).split("\n")[0]}`));
  }
} else {
  console.log(await whoami());
}
