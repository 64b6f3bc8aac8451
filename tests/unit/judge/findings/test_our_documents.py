# SPDX-License-Identifier: Apache-2.0
"""Every document that the library can make, with any options, in every partition, under review."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqera_batch.catalog import authorization, limits
from seqera_batch.judge.findings import findings
from seqera_batch.policies import credential, nodes, platform, roles, trust
from seqera_batch.policies.access import BucketAccess, JobAccess, Repository
from seqera_batch.policies.document import PolicyDocument, Scope
from seqera_batch.policies.platform import ForgeAccess, PlatformAccess
from seqera_batch.policies.registration import RegistrationAccess, registration, trust_lambda
from tests.chance import cases
from tests.mounts import EFS, FSX

SCOPES = [
    Scope(partition="aws", region="eu-west-1", account="111122223333"),
    Scope(partition="aws-cn", region="cn-north-1", account="111122223333"),
    Scope(partition="aws-us-gov", region="us-gov-west-1", account="${AWS::AccountId}"),
]
KEY = "arn:aws:kms:eu-west-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef"
ROLE = "arn:aws:iam::111122223333:role/lab/existing"
BUCKETS = st.lists(
    st.builds(BucketAccess, st.sampled_from(["a", "b.c"]), st.sampled_from(["", "x", "x/y"])),
    unique=True,
    max_size=4,
).map(tuple)
FORGE = st.builds(
    ForgeAccess,
    prefix=st.sampled_from(["TowerForge", "lab"]),
    own_roles=st.sampled_from([(), (ROLE,)]),
    # Without a boundary there is a finding, as there should be.
    permissions_boundary=st.just("arn:aws:iam::111122223333:policy/boundary"),
    makes_roles=st.booleans(),
    finds_images=st.booleans(),
    makes_efs=st.booleans(),
    makes_fsx=st.booleans(),
    reads_fsx=st.booleans(),
    tags=st.sampled_from([{}, {"team": "genomics"}]),
)
PLATFORM = st.builds(
    PlatformAccess,
    queues=st.sampled_from([("TowerForge-demo",), ("TowerForge-*",)]),
    log_group=st.sampled_from(["/aws/batch/job", "/lab/jobs"]),
    job_roles=st.just((ROLE,)),
    work_dir=st.none() | st.builds(BucketAccess, st.just("work"), st.sampled_from(["", "runs"])),
    data=BUCKETS,
    list_buckets=st.booleans(),
    keys=st.sampled_from([(), (KEY,)]),
    secrets=st.booleans(),
    secrets_key=st.none() | st.just(KEY),
    describe_ec2=st.booleans(),
    console_output=st.booleans(),
    lineage=st.booleans(),
    tags=st.sampled_from([{}, {"team": "genomics"}]),
    forge=st.none() | FORGE,
)
JOBS = st.builds(
    JobAccess,
    queues=st.sampled_from([("TowerForge-demo-work",), ("a", "b")]),
    buckets=BUCKETS,
    job_log_group=st.just("/aws/batch/job"),
    node_log_group=st.none() | st.just("/lab/nodes"),
    passed_roles=st.sampled_from([(), (ROLE,)]),
    secrets_key=st.none() | st.just(KEY),
    mounting=st.sampled_from([(), EFS.node_statements(SCOPES[0]), FSX.node_statements(SCOPES[0])]),
    job_secrets=st.sampled_from(
        [(), ("arn:aws:secretsmanager:eu-west-1:111122223333:secret:x-a1b2c3",)]
    ),
    bucket_keys=st.sampled_from([(), (KEY,)]),
    instance_role=st.none() | st.just(ROLE),
    repositories=st.sampled_from(
        [(), (Repository("rnaseq"), Repository("lab/*", "222233334444", "us-east-1"))]
    ),
    lineage=st.booleans(),
    job_definitions=st.sampled_from([(), ("aligner",)]),
    definition_secrets=st.sampled_from(
        [(), ("arn:aws:secretsmanager:eu-west-1:111122223333:secret:y-a1b2c3",)]
    ),
    consumables=st.sampled_from([(), ("licence",)]),
    mail_identities=st.sampled_from([(), ("example.org",)]),
    restores=st.booleans(),
    share=st.none() | st.just("TeamA"),
    sessions=st.booleans(),
    privileged=st.booleans(),
)


def _unexplained(document: PolicyDocument) -> list[str]:
    # Of a service that the data leaves out nothing could be found.
    for statement in document.statements:
        for action in statement.actions:
            assert authorization.actions(action), action
    room = limits.MANAGED_POLICY_CHARACTERS * limits.MANAGED_POLICIES_PER_IDENTITY
    return [one.id for one in findings(document, limit=room) if one.explained is None]


@cases(usual=50)
@given(st.sampled_from(SCOPES), PLATFORM)
def test_platform(scope: Scope, access: PlatformAccess) -> None:
    """Whatever Platform is given, nothing of it is unexplained, and it fits its policies."""
    document = platform.of(scope, access)
    assert _unexplained(document) == []
    assert credential.managed(document)


@cases(usual=50)
@given(
    st.sampled_from(SCOPES),
    JOBS,
    st.sampled_from(
        [roles.head_job, roles.compute_job, roles.execution, nodes.instance, nodes.spot_fleet]
    ),
)
def test_roles(scope: Scope, access: JobAccess, permits: object) -> None:
    """Whatever the roles are given, nothing of it is unexplained."""
    assert callable(permits)
    assert _unexplained(permits(scope, access)) == []


@pytest.mark.parametrize("scope", SCOPES, ids=lambda scope: scope.partition)
def test_the_other_documents(scope: Scope) -> None:
    """So it is with who may take which role, and with those beside an environment's."""
    documents = (
        trust.trust_ec2(scope),
        trust.trust_ecs_tasks(scope),
        trust.trust_spot_fleet(scope),
        trust_lambda(),
        credential.trust_users((ROLE,)),
        credential.trust_seqera_cloud(None),
        credential.trust_seqera_cloud("external"),
        credential.trust_workload(
            scope.iam_arn("oidc-provider/example.com"), "example.com", ("org:1:wsp:2",)
        ),
        credential.assume_role(ROLE),
        roles.submitter(scope, (scope.arn("batch", "job-queue/work"),)),
        registration(
            scope,
            RegistrationAccess(
                token_secret=scope.arn("secretsmanager", "secret:token-??????"),
                token_key=scope.arn("kms", "key/x"),
                log_streams=scope.arn("logs", "log-group:/aws/lambda/registration:*"),
                in_vpc=True,
            ),
        ),
    )
    for document in documents:
        assert _unexplained(document) == []
