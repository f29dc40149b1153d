"""Says who boto3 is by its default chain: once, or with an argument for each line that it is sent."""

import sys

import boto3

client = boto3.client("sts")


def whoami():
    identity = client.get_caller_identity()
    return f"{identity['Account']} {identity['Arn']}"


if len(sys.argv) > 1:
    for _ in sys.stdin:
        try:
            print(whoami(), flush=True)
        except Exception as error:
            print("error:", *str(error).splitlines()[:1], flush=True)
else:
    print(whoami())
