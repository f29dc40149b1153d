"""How botocore (the AWS CLI, boto3) reads an AWS config or credentials file.

    botocore_read.py [--kind config|credentials|sso-sessions] PATH

prints {"name": {"key": "value"}}, or {"error": "..."} if botocore refuses the file. Nested blocks are
objects. Without PATH it reads paths from stdin, one a line, and answers each with one line of JSON as
soon as it has read it, so that a test can keep one process for many files.
"""

import argparse
import json
import sys

from botocore.configloader import load_config, raw_config_parse
from botocore.exceptions import BotoCoreError


def read(path, kind):
    try:
        if kind == "credentials":
            return raw_config_parse(path)
        config = load_config(path)
        return config["profiles" if kind == "config" else "sso_sessions"]
    except (BotoCoreError, OSError) as error:
        return {"error": str(error)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kind", choices=["config", "credentials", "sso-sessions"], default="config")
    parser.add_argument("path", nargs="?")
    options = parser.parse_args()
    paths = [options.path] if options.path else (line.rstrip("\r\n") for line in sys.stdin)
    for path in paths:
        print(json.dumps(read(path, options.kind), sort_keys=True), flush=True)


if __name__ == "__main__":
    main()
