# An unmodified program with boto3: everything comes from its environment. It prints what it finds, as one line of JSON.
import json
import os
import time
from urllib.request import urlopen

import boto3
from botocore.exceptions import BotoCoreError, ClientError


def read(url):
    with urlopen(url, timeout=10) as reply:
        return json.load(reply)


def credentials():
    found = boto3.Session().get_credentials()
    return found and {"key": found.access_key, "token": found.token}


def instances():
    try:
        found = client.discover_instances(NamespaceName="test-ecs", ServiceName="test-redis")
    except (BotoCoreError, ClientError) as error:
        return str(error)
    return [instance["Attributes"] for instance in found["Instances"]]


def refused():
    """The error of a call that the local ECS does not answer."""
    try:
        return client.list_services()
    except ClientError as error:
        retries = error.response["ResponseMetadata"]["RetryAttempts"]
        return {"code": error.response["Error"]["Code"], "retried": retries > 0}


metadata = os.environ["ECS_CONTAINER_METADATA_URI_V4"]
client = boto3.client("servicediscovery")
report = {
    "region": boto3.Session().region_name,
    "credentials": credentials(),
    "instances": instances(),
    "refused": refused(),
    "container": read(metadata),
    "task": read(f"{metadata}/task"),
}
print(json.dumps(report), flush=True)
# A task that ends is replaced.
time.sleep(600)
