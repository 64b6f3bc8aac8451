# SPDX-License-Identifier: Apache-2.0
"""Tags by class of resource: labels reach the nodes, and none of them ever replaces anything."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from seqera_batch import ForgeConfig
    from tests.conftest import Configure, ReadAssembly, Template

CREATED = {"efs_create": True, "fsx_size": 1200, "dispose_on_deletion": True}
NODE_TAGS = {
    "Name": "own",
    "class": "restricted",
    "seqera-batch:environment": "Lab-organization",
    "team": "genomics",
}


def _create_only(kind: str, *, conditional: bool) -> list[tuple[str, ...]]:
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("eu-west-1", kind).schema
    paths = schema.get("createOnlyProperties", [])
    if conditional:
        paths = [*paths, *schema.get("conditionalCreateOnlyProperties", [])]
    return [tuple(path.removeprefix("/properties/").split("/")) for path in paths]


def _value(properties: Any, path: tuple[str, ...]) -> object:  # noqa: ANN401 - JSON
    for part in path:
        properties = properties.get(part) if isinstance(properties, dict) else None
    return properties


def _replaced(before: Template, after: Template) -> Iterator[str]:
    """Yield each property whose change replaces a resource, or may."""
    old, new = before.data["Resources"], after.data["Resources"]
    assert old.keys() == new.keys()
    for key, resource in old.items():
        kind = resource["Type"]
        # These are updated in place, since ReplaceComputeEnvironment is false.
        conditional = kind != "AWS::Batch::ComputeEnvironment"
        for path in _create_only(kind, conditional=conditional):
            was, will_be = (_value(one[key].get("Properties"), path) for one in (old, new))
            if was != will_be:
                yield f"{kind} {'.'.join(path)}"


@pytest.fixture(scope="module")
def synthesize(read_assembly: ReadAssembly) -> Any:  # noqa: ANN401 - a function
    """Return a function that makes a template, with tags on the app and the stack if asked."""
    import aws_cdk as cdk

    from seqera_batch import BatchForge

    def make(config: ForgeConfig, tags: dict[str, str] | None = None) -> Template:
        app = cdk.App(analytics_reporting=False)
        stack = cdk.Stack(app, "S", tags=tags)
        BatchForge(stack, "Forge", config=config)
        for key, value in (tags or {}).items():
            cdk.Tags.of(app).add(f"app-{key}", value)
            cdk.Tags.of(stack).add(f"stack-{key}", value)
        return read_assembly(app)["S"]

    return make


def test_schema_knows_what_replaces() -> None:
    """The schema that the other tests read tells that top-level tags are create-only."""
    always = _create_only("AWS::Batch::ComputeEnvironment", conditional=False)
    assert ("Tags",) in always
    assert ("ComputeResources", "Tags") not in always
    both = _create_only("AWS::Batch::ComputeEnvironment", conditional=True)
    assert ("ComputeResources", "Tags") in both


def test_tags_reach_nodes_and_never_the_environment(
    synthesize: Any,  # noqa: ANN401
    configure: Configure,
) -> None:
    """Tags of app and stack are on instances, volumes and queues, and replace nothing."""
    config = configure(CREATED)
    before, after = synthesize(config), synthesize(config, {"owner": "lab"})
    assert before.data["Resources"].keys() == after.data["Resources"].keys()
    for environment in after.on_ec2.values():
        assert "Tags" not in environment
        assert environment["ComputeResources"]["Tags"]["app-owner"] == "lab"
    for launch in after.all("AWS::EC2::LaunchTemplate"):
        for one in launch["LaunchTemplateData"]["TagSpecifications"]:
            tags = {tag["Key"]: tag["Value"] for tag in one["Tags"]}
            assert tags["stack-owner"] == tags["app-owner"] == "lab"
            assert tags["Name"] == "TowerForge-demo"
    assert not list(_replaced(before, after))
    assert "app-owner" in after.all("AWS::Batch::JobQueue")[0]["Tags"]


def test_changed_label_replaces_nothing(synthesize: Any, configure: Configure) -> None:  # noqa: ANN401
    """A changed, new or removed label touches no create-only property of any resource."""
    before = synthesize(configure(CREATED, labels={"project": "one", "old": "x"}))
    after = synthesize(configure(CREATED, labels={"project": "two", "Name": "new"}))
    assert before != after
    assert not list(_replaced(before, after))


def test_changed_tag_replaces_nothing(
    synthesize: Any,  # noqa: ANN401
    configure: Configure,
) -> None:
    """Tags that only AWS sees behave as labels do."""
    before = synthesize(configure(CREATED, {"tags": {"cost": "1"}}))
    after = synthesize(configure(CREATED, {"tags": {"cost": "2"}}))
    assert before != after
    assert not list(_replaced(before, after))


def test_renaming_is_seen(synthesize: Any, configure: Configure) -> None:  # noqa: ANN401
    """The check sees what does replace: another name makes new queues and roles."""
    renamed = set(_replaced(synthesize(configure()), synthesize(configure(name="other"))))
    assert {"AWS::Batch::JobQueue JobQueueName", "AWS::IAM::Role RoleName"} <= renamed


def test_node_tags(templates: dict[str, Template]) -> None:
    """Labels and tags reach instances through compute resources and launch template."""
    template = templates["organization"]
    for environment in template.on_ec2.values():
        assert environment["ComputeResources"]["Tags"] == NODE_TAGS
    for launch in template.all("AWS::EC2::LaunchTemplate"):
        tags = {
            one["ResourceType"]: {tag["Key"]: tag["Value"] for tag in one["Tags"]}
            for one in launch["LaunchTemplateData"]["TagSpecifications"]
        }
        assert tags["instance"] == tags["volume"] == NODE_TAGS


def test_node_name(templates: dict[str, Template]) -> None:
    """Without a label `Name` nodes are named after the environment, to be told apart."""
    for environment in templates["spot"].on_ec2.values():
        assert environment["ComputeResources"]["Tags"]["Name"] == "TowerForge-spot"


def test_name_label_wins_on_file_systems(synthesize: Any, configure: Configure) -> None:  # noqa: ANN401
    """A label `Name` wins over the automatic name of file systems."""
    for labels, name in (({"Name": "own"}, "own"), ({}, "TowerForge-demo")):
        template = synthesize(configure(CREATED, labels=labels))
        for kind, field in (
            ("AWS::EFS::FileSystem", "FileSystemTags"),
            ("AWS::FSx::FileSystem", "Tags"),
        ):
            tags = template.one(kind)[field]
            assert [tag["Value"] for tag in tags if tag["Key"] == "Name"] == [name]


def test_found_again(template: Template) -> None:
    """Everything that takes tags carries the tag of its environment, environments excepted."""
    for kind in (
        "AWS::EC2::InternetGateway",
        "AWS::EC2::RouteTable",
        "AWS::EC2::SecurityGroup",
        "AWS::EC2::Subnet",
        "AWS::EC2::VPC",
        "AWS::FSx::FileSystem",
        "AWS::IAM::Role",
        "AWS::Logs::LogGroup",
    ):
        for resource in template.all(kind):
            assert "seqera-batch:environment" in {tag["Key"] for tag in resource["Tags"]}


def test_tags_of_an_app_are_no_stack_tags(configure: Configure, tmp_path: Path) -> None:
    """In an app of ours a tag stays on resources: CloudFormation puts stack tags on everything."""
    import aws_cdk as cdk

    from seqera_batch.stack import add_environments, new_app

    app = new_app(outdir=str(tmp_path))
    add_environments(app, [configure()])
    cdk.Tags.of(app).add("owner", "lab")
    [stack] = app.synth().stacks
    assert stack.tags == {}
    queues = [
        resource["Properties"]["Tags"]
        for resource in stack.template["Resources"].values()
        if resource["Type"] == "AWS::Batch::JobQueue"
    ]
    assert all(tags["owner"] == "lab" for tags in queues)


TAGGED = """
import json, sys
from seqera_batch.runtime import use_bundled_node
use_bundled_node()
import aws_cdk as cdk
from seqera_batch import BatchForge, ForgeConfig

where, folder = sys.argv[1:]
app = cdk.App(outdir=folder, analytics_reporting=False)
stack = cdk.Stack(app, "S", env=cdk.Environment(region="eu-west-1"))
network = {
    "vpc_id": "vpc-0123456789abcdef0",
    "subnets": ["subnet-0123456789abcdef0"],
    "security_groups": ["sg-0123456789abcdef0"],
}
config = ForgeConfig.from_dict(
    {
        "name": "demo",
        "region": "eu-west-1",
        "work_dir": "s3://example-work",
        "forge": {"type": "SPOT", "max_cpus": 64, **network},
    }
)
forge = BatchForge(stack, "Forge", config=config)
part = forge.compute_environments["work"]
scope = {"app": app, "part": part}[where]
assert "aws_cdk.aws_batch" not in sys.modules
cdk.Tags.of(scope).add("team", "lab")
app.synth()
"""
"""An app that never loads AWS Batch's classes, as others do that run in this process."""


@pytest.mark.parametrize("where", ["app", "part"])
def test_tags_of_an_app_that_has_not_loaded_batch(where: str, tmp_path: Path) -> None:
    """Wherever CDK takes a tag it reaches the nodes, and never the environment itself."""
    subprocess.run([sys.executable, "-c", TAGGED, where, tmp_path], check=True)
    template = json.loads((tmp_path / "S.template.json").read_text("utf-8"))
    environments = [
        one["Properties"]
        for one in template["Resources"].values()
        if one["Type"] == "AWS::Batch::ComputeEnvironment"
    ]
    assert all("Tags" not in one for one in environments)
    assert any(one["ComputeResources"]["Tags"].get("team") == "lab" for one in environments)
