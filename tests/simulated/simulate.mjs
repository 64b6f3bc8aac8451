// SPDX-License-Identifier: Apache-2.0
// Asks the policy simulator many questions in one process: JSON on stdin, JSON on stdout.
//
// {"policies": {name: document}, "requests": [{policy, principal, action, resource, account,
// context, side}]}, where the side is "identity" or "resource", gives one answer a request: Allowed, ImplicitlyDenied, ExplicitlyDenied, or
// "error: …" for a question that AWS could not be asked: another resource, an unknown key.

import { readFileSync } from "node:fs";
import { runSimulation } from "@cloud-copilot/iam-simulate";

// The other side agrees, as far as the account lets the identity: keys, roles and what is in other
// accounts have a policy of their own that has to.
const AGREES = {
  identity: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] },
  resource: {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::111122223333:root" },
        Action: "*",
        Resource: "*",
      },
    ],
  },
};

const { policies, requests } = JSON.parse(readFileSync(0, "utf-8"));
const answers = [];
for (const one of requests) {
  const sides = { ...AGREES, [one.side]: policies[one.policy] };
  const found = await runSimulation(
    {
      request: {
        principal: one.principal,
        action: one.action,
        resource: { resource: one.resource, accountId: one.account },
        contextVariables: one.context,
      },
      identityPolicies: [{ name: "identity", policy: sides.identity }],
      resourcePolicy: sides.resource,
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  const ignored = found.result?.ignoredContextKeys ?? [];
  if (found.resultType === "error") answers.push(`error: ${JSON.stringify(found.errors)}`);
  else if (found.resultType === "wildcard") answers.push("error: name what it is about");
  else if (ignored.length > 0) answers.push(`error: no key of this call: ${ignored}`);
  else answers.push(found.overallResult);
}
process.stdout.write(JSON.stringify(answers));
