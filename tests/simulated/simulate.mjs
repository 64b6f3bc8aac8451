// SPDX-License-Identifier: Apache-2.0
// Asks the policy simulator many questions in one process: a line of JSON on stdin, one on stdout.
//
// {"policies": {name: document}, "requests": [{policy, principal, action, resource, account,
// context, side}]}, where the side is "identity" or "resource", gives one answer a request: Allowed, ImplicitlyDenied, ExplicitlyDenied, or
// "error: …" for a question that AWS could not be asked: another resource, an unknown key. With
// {"enough": true}, or false, a policy is asked until it allows, or denies, which is repeated then.

import { createInterface } from "node:readline";
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

// What a statement says of other actions decides nothing, and would take time.
function about(policy, action) {
  const names = (pattern) =>
    new RegExp(`^${RegExp.escape(pattern).replaceAll("\\*", ".*").replaceAll("\\?", ".")}$`, "i").test(action);
  const statements = policy.Statement.filter(
    (one) => one.Action === undefined || [one.Action].flat().some(names),
  );
  return { ...policy, Statement: statements };
}

async function answer(policies, one) {
  const sides = { ...AGREES, [one.side]: about(policies[one.policy], one.action) };
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
  if (found.resultType === "error") return `error: ${JSON.stringify(found.errors)}`;
  if (found.resultType === "wildcard") return "error: name what it is about";
  if (ignored.length > 0) return `error: no key of this call: ${ignored}`;
  return found.overallResult;
}

for await (const line of createInterface({ input: process.stdin })) {
  const { policies, requests, enough } = JSON.parse(line);
  const settled = new Map();
  const answers = [];
  for (const one of requests) {
    const found = settled.get(one.policy) ?? (await answer(policies, one));
    if (enough !== undefined && (found === "Allowed") === enough) settled.set(one.policy, found);
    answers.push(found);
  }
  process.stdout.write(`${JSON.stringify(answers)}\n`);
}
