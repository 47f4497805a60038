"""Writes aws-offers.json: what EC2 offers, so that a mistake is refused before a plan is made.

    python3 stacks/config/offers/derive.py

The sources carry AWS's own tables, under the Apache License 2.0:

- moto (PyPI, https://github.com/getmoto/moto): the answers of DescribeInstanceTypes and
  DescribeInstanceTypeOfferings.
- botocore (PyPI, https://github.com/boto/botocore): the regions of each partition.
- amazon-vpc-resource-controller-k8s (Go module proxy): the branch interfaces of each type, which no
  API tells. It says what EKS may use; the limits that ECS documents are equal or higher.

Raise the versions below, run it, and read the difference. Needs Python 3.9 and pip.
"""

import collections
import gzip
import io
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.request
import zipfile

MOTO = "5.2.5"
BOTOCORE = "1.44.8"
LIMITS = "v1.8.2"
MODULE = "github.com/aws/amazon-vpc-resource-controller-k8s"
# The stacks write ARNs of these partitions only.
PARTITIONS = ["aws", "aws-cn", "aws-us-gov"]
TARGET = pathlib.Path(__file__).parent / "aws-offers.json"


def wheel(package, version, folder):
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    subprocess.run([*pip, "--dest", folder, f"{package}=={version}"], check=True, timeout=300)
    return zipfile.ZipFile(next(pathlib.Path(folder).glob(f"{package}-{version}-*.whl")))


def branch_interfaces():
    """Network interfaces that trunking adds, by instance type."""
    address = f"https://proxy.golang.org/{MODULE}/@v/{LIMITS}.zip"
    with urllib.request.urlopen(address, timeout=60) as answer:
        archive = zipfile.ZipFile(io.BytesIO(answer.read()))
    source = archive.read(f"{MODULE}@{LIMITS}/pkg/aws/vpc/limits.go").decode()
    entry = re.compile(
        r'"([\w.-]+)": \{\s+Interface:\s+\d+,\s+IPv4PerInterface:\s+\d+,'
        r"\s+IsTrunkingCompatible:\s+(true|false),\s+BranchInterface:\s+(\d+),"
    )
    found = {name: int(count) for name, works, count in entry.findall(source) if works == "true"}
    if len(found) < 500:
        raise SystemExit(f"only {len(found)} types with trunking: limits.go has another form")
    return found


def instance_types(moto, branches):
    """`memory in MiB, vCPUs, network interfaces, branch interfaces`, by instance type."""
    packed = moto.read("moto/ec2/resources/instance_types.json.gz")
    return {
        name: " ".join(
            str(number)
            for number in (
                each["MemoryInfo"]["SizeInMiB"],
                each["VCpuInfo"]["DefaultVCpus"],
                # Of the first card: ECS attaches interfaces of tasks there.
                each["NetworkInfo"]["NetworkCards"][0]["MaximumNetworkInterfaces"],
                branches.get(name, 0),
            )
        )
        for name, each in sorted(json.loads(gzip.decompress(packed)).items())
        # Hosts run Amazon Linux.
        if not any("mac" in one for one in each["ProcessorInfo"]["SupportedArchitectures"])
    }


def offers(moto, types):
    """By region, from the letters of zones to what those zones alone offer: a family or a type."""
    families = collections.defaultdict(set)
    for name in types:
        families[name.split(".")[0]].add(name)
    folder = "moto/ec2/resources/instance_type_offerings/availability-zone/"
    regions = {}
    for path in sorted(name for name in moto.namelist() if name.startswith(folder)):
        region = path[len(folder) : -len(".json.gz")]
        zones = collections.defaultdict(set)
        for offer in json.loads(gzip.decompress(moto.read(path))):
            if offer["InstanceType"] in types:
                zones[offer["InstanceType"]].add(offer["Location"][len(region) :])
        by_letters = collections.defaultdict(set)
        for name, letters in zones.items():
            by_letters["".join(sorted(letters))].add(name)
        regions[region] = {
            letters: " ".join(shortened(by_letters[letters], families))
            for letters in sorted(by_letters)
        }
    return regions


def shortened(names, families):
    """A whole family by its name, other types one by one."""
    for family in sorted({name.split(".")[0] for name in names}):
        if families[family] <= names:
            yield family
        else:
            yield from sorted(families[family] & names)


def region_names(botocore):
    found = {
        partition["id"]: sorted(name for name in partition["regions"] if not name.endswith("-global"))
        for partition in json.loads(botocore.read("botocore/data/partitions.json"))["partitions"]
    }
    return {name: " ".join(found[name]) for name in PARTITIONS}


def main():
    with tempfile.TemporaryDirectory() as folder:
        moto = wheel("moto", MOTO, folder)
        types = instance_types(moto, branch_interfaces())
        written = {
            "about": "Written by derive.py: a change here is lost",
            "sources": [f"moto {MOTO}", f"botocore {BOTOCORE}", f"{MODULE} {LIMITS}"],
            "license": "Apache-2.0",
            "regions": region_names(wheel("botocore", BOTOCORE, folder)),
            "types": types,
            "offers": offers(moto, types),
        }
    TARGET.write_text(json.dumps(written, indent=2) + "\n")


main()
