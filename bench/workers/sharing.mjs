/** Whether tokens with the same policy share its compiled form. */
import { ApiTokenAuthenticator, ApiTokenService, PolicyEvaluator } from 'nestjs-api-token';
import { issueTokens, openApplication } from '../contestants/guards/api-token-policy-guard.mjs';
import { makePolicy } from '../workload/policies.mjs';

/** @param {{ tokens: number }} options */
export async function measure({ tokens }) {
  const application = await openApplication();
  const service = application.get(ApiTokenService);
  const editions = async (count) => {
    const secrets = [];
    for (let index = 0; index < tokens; index += 1) {
      // Only its text is stored, so that each token's policy is read anew.
      secrets.push(...(await issueTokens(service, 1, policyOf(index % count))));
    }
    return compiledPolicies(application, secrets);
  };
  const answer = { tokens, ofOnePolicy: await editions(1), ofTenPolicies: await editions(10) };
  await application.close();
  return answer;
}

/** Of resources that the application has. */
function policyOf(edition) {
  const { resource_0: sections } = makePolicy({ resources: 1, items: 20 }, edition).resources;
  return { resources: { repository: sections } };
}

async function compiledPolicies(application, secrets) {
  const compiled = new Set();
  for (const secret of secrets) {
    const { token } = await application.get(ApiTokenAuthenticator).authenticate(secret);
    compiled.add(application.get(PolicyEvaluator).compiled(token));
  }
  return compiled.size;
}
