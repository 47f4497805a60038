# Reads what ECS gives a container, with Python's standard library alone. It prints that as one line of JSON.
import json
import os
import time
from urllib.error import URLError
from urllib.request import Request, urlopen

env = os.environ


def read(url, **options):
    with urlopen(Request(url, **options), timeout=10) as reply:
        return json.load(reply)


def discover():
    url = env["AWS_ENDPOINT_URL_SERVICEDISCOVERY"].replace("//", "//data-")
    names = {"NamespaceName": "test-ecs", "ServiceName": "test-redis"}
    headers = {"X-Amz-Target": "Route53AutoNaming_v20170314.DiscoverInstances"}
    try:
        return len(read(url, data=json.dumps(names).encode(), headers=headers)["Instances"])
    except URLError as error:
        return str(error)


metadata = env["ECS_CONTAINER_METADATA_URI_V4"]
relative = env.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
credentials = f"http://169.254.170.2{relative}" if relative else env["AWS_CONTAINER_CREDENTIALS_FULL_URI"]
report = {
    "family": read(f"{metadata}/task")["Family"],
    "container": read(metadata)["Name"],
    "role": read(credentials)["RoleArn"],
    "protection": read(f"{env['ECS_AGENT_URI']}/task-protection/v1/state")["protection"],
    "instances": discover(),
}
print(json.dumps(report), flush=True)
# A task that ends is replaced.
time.sleep(600)
