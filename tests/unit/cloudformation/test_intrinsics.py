# SPDX-License-Identifier: Apache-2.0
"""Marks of values that only a deployment knows."""

from __future__ import annotations

import pytest

from seqera_batch.cloudformation.intrinsics import ACCOUNT, get_att, ref, references, resolve

TOKEN = "${Token[TOKEN.12]}"  # noqa: S105 - a token of CDK, not a secret


@pytest.mark.parametrize(
    ("value", "resolved"),
    [
        ("plain", "plain"),
        ("", ""),
        ("user@{not a mark}", "user@{not a mark}"),
        ("git rev-parse @{u} @{upstream}", "git rev-parse @{u} @{upstream}"),
        ("${SHELL}", "${SHELL}"),
        (TOKEN, TOKEN),
        (5, 5),
        (None, None),
        (ref("Efs"), {"Ref": "Efs"}),
        (get_att("Fsx", "DNSName"), {"Fn::GetAtt": ["Fsx", "DNSName"]}),
        (f"arn:aws:iam::{ACCOUNT}:role/x", {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:role/x"}),
        (
            f"{get_att('Fsx', 'DNSName')}/{ref('Vpc')}",
            {"Fn::Sub": "${Fsx.DNSName}/${Vpc}"},
        ),
        (
            f"mount {ref('Efs')} ${{1}}",
            {"Fn::Join": ["", ["mount ", {"Ref": "Efs"}, " ${1}"]]},
        ),
        (
            f"{ref('Efs')}{TOKEN}",
            {"Fn::Join": ["", [{"Ref": "Efs"}, TOKEN]]},
        ),
        ({"a": [ref("B")], "c": ("d",)}, {"a": [{"Ref": "B"}], "c": ["d"]}),
    ],
)
def test_resolve(value: object, resolved: object) -> None:
    """Marks become intrinsic functions; nothing else changes, shell variables least of all."""
    assert resolve(value) == resolved


def test_references() -> None:
    """The names of what a value refers to are found at any depth, those of attributes too."""
    value = {"a": [ref("Efs"), {"b": f"x{get_att('Fsx', 'DNSName')}"}], "c": 5, "d": ACCOUNT}
    assert list(references(value)) == ["Efs", "Fsx", "AWS::AccountId"]
