// The Graph client does what administrators' tools do with it.
import assert from 'node:assert/strict';
import { constants, createHmac, createPrivateKey, createSign, randomUUID, X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { ConfidentialClientApplication } from '@azure/msal-node';
import { Client, PageIterator, BatchRequestContent, BatchResponseContent } from '@microsoft/microsoft-graph-client';

const url = process.env.SALLYPORT_URL;
const host = new URL(url).host;
const scopes = [`${url}/.default`];

async function msalToken(auth) {
  const app = new ConfidentialClientApplication({
    auth: { authority: `${url}/${process.env.TENANT}`, knownAuthorities: [host], ...auth },
  });
  const result = await app.acquireTokenByClientCredential({ scopes });
  return result.accessToken;
}

const secretToken = await msalToken({
  clientId: process.env.SECRET_client_id, clientSecret: process.env.SECRET_client_secret,
});
const certificate = readFileSync(process.env.CLIENT_CERTIFICATE, 'utf8');
const readerToken = await msalToken({
  clientId: process.env.SIGNED_client_id,
  clientCertificate: {
    thumbprintSha256: new X509Certificate(certificate).fingerprint256.replaceAll(':', ''),
    privateKey: createPrivateKey(readFileSync(process.env.CLIENT_KEY)).export({ type: 'pkcs8', format: 'pem' }),
  },
});
await assert.rejects(msalToken({ clientId: process.env.SECRET_client_id, clientSecret: 'wrong' }));

// ---- assertions that must not be believed ----
const endpoint = `${url}/${process.env.TENANT}/oauth2/v2.0/token`;
const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const clientKey = readFileSync(process.env.CLIENT_KEY, 'utf8');
const now = Math.floor(Date.now() / 1000);
const signers = {
  RS256: (text) => createSign('sha256').update(text).sign(clientKey),
  PS256: (text) => createSign('sha256').update(text)
    .sign({ key: clientKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }),
  HS256: (text) => createHmac('sha256', certificate).update(text).digest(),
  none: () => Buffer.alloc(0),
};
function assertion(changes = {}, alg = 'PS256') {
  const id = process.env.SIGNED_client_id;
  const claims = { aud: endpoint, iss: id, sub: id, jti: randomUUID(), nbf: now - 10, exp: now + 300, ...changes };
  const text = `${part({ alg, typ: 'JWT' })}.${part(claims)}`;
  return `${text}.${signers[alg](text).toString('base64url')}`;
}
async function ask(form, headers = {}) {
  const response = await fetch(endpoint, { method: 'POST', headers, body: new URLSearchParams(form) });
  return [response.status, await response.json()];
}
const withAssertion = (text) => ask({
  grant_type: 'client_credentials', client_assertion: text,
  client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
});
const good = assertion();
assert.equal((await withAssertion(good))[0], 200);
assert.equal((await withAssertion(assertion({}, 'RS256')))[0], 200);
for (const [why, text] of Object.entries({
  'used before': good, 'no signature': assertion({}, 'none'), 'signed with the certificate as a secret': assertion({}, 'HS256'),
  'for another server': assertion({ aud: 'https://elsewhere.example.org/' }), 'over': assertion({ exp: now - 1 }),
  'good for days': assertion({ exp: now + 100000 }), 'without an end': assertion({ exp: undefined }),
  'without an id': assertion({ jti: undefined }), 'of another client': assertion({ sub: process.env.SECRET_client_id, iss: process.env.SECRET_client_id }),
  'changed': assertion().replace(/\.[^.]([^.]*)$/, (end, rest) => `.${end[1] === 'A' ? 'B' : 'A'}${rest}`), 'nonsense': 'a.b.c', 'not yet good': assertion({ nbf: now + 3000 }),
})) {
  const [status, answer] = await withAssertion(text);
  assert.equal(status, 401, why);
  assert.equal(answer.error, 'invalid_client', why);
}
const secret = { client_id: process.env.SECRET_client_id, client_secret: process.env.SECRET_client_secret };
assert.equal((await ask({ grant_type: 'client_credentials', ...secret }))[0], 200);
assert.equal((await ask({ grant_type: 'password', ...secret }))[0], 400);
assert.equal((await ask([['grant_type', 'client_credentials'], ...Object.entries(secret), ['client_id', 'x']]))[0], 400);
const basic = Buffer.from(`${secret.client_id}:${secret.client_secret}`).toString('base64');
assert.equal((await ask({ grant_type: 'client_credentials' }, { Authorization: `Basic ${basic}` }))[0], 200);
assert.equal((await ask({ grant_type: 'client_credentials', client_id: process.env.SIGNED_client_id, client_secret: '' }))[0], 401);

const clientFor = (token) => Client.init({
  baseUrl: `${url}/`, customHosts: new Set(['localhost']),
  authProvider: (done) => done(null, token),
});
const client = clientFor(secretToken);
const reader = clientFor(readerToken);
const record = (name, answer) =>
  writeFileSync(`${process.env.ANSWERS}/${name}.json`, JSON.stringify(answer, null, 1));
const ca = '/identity/conditionalAccess';

// ---- list, filter and page ----
const all = await client.api(`${ca}/policies`).get();
assert.equal(all.value.length, 7);
record('policies', all);
const enabled = await client.api(`${ca}/policies`).filter("state eq 'enabled'").select('id,displayName')
  .orderby('displayName').count(true).get();
assert.ok(enabled['@odata.count'] < 7 && enabled.value.every((p) => p.displayName));
const names = [];
const first = await client.api('/users').top(3).get();
record('users', first);
await new PageIterator(client, first, (user) => { names.push(user.userPrincipalName); return true; }).iterate();
assert.equal(new Set(names).size, 8);
assert.equal(names.length, 8);

// ---- create, read, change, delete, restore ----
const policy = {
  displayName: 'From the Graph client', state: 'enabledForReportingButNotEnforced',
  conditions: {
    clientAppTypes: ['all'], applications: { includeApplications: ['All'] },
    users: { includeUsers: ['All'], excludeGroups: ['20000000-0000-4000-8000-000000000004'] },
  },
  grantControls: { operator: 'OR', builtInControls: [], authenticationStrength: { id: '00000000-0000-0000-0000-000000000004' } },
};
const created = await client.api(`${ca}/policies`).post(policy);
record('policy', created);
assert.match(created.id, /^[0-9a-f-]{36}$/);
assert.equal(created.grantControls.authenticationStrength.displayName, 'Phishing-resistant MFA');
await client.api(`${ca}/policies/${created.id}`).patch({ conditions: { signInRiskLevels: ['high'] } });
const changed = await client.api(`${ca}/policies/${created.id}`).get();
assert.deepEqual(changed.conditions.signInRiskLevels, ['high']);
assert.deepEqual(changed.conditions.users.excludeGroups, policy.conditions.users.excludeGroups);
assert.ok(changed.modifiedDateTime);
await assert.rejects(
  client.api(`${ca}/policies/${created.id}`).header('If-Match', created['@odata.etag']).patch({ state: 'disabled' }),
  (error) => error.statusCode === 412);
await assert.rejects(client.api(`${ca}/policies`).post({ ...policy, colour: 'red' }),
  (error) => error.statusCode === 400 && error.code === 'BadRequest' && /1007/.test(error.message));
await assert.rejects(reader.api(`${ca}/policies/${created.id}`).delete(), (error) => error.statusCode === 403);
await client.api(`${ca}/policies/${created.id}`).delete();
await assert.rejects(client.api(`${ca}/policies/${created.id}`).get(),
  (error) => error.statusCode === 404 && error.code === 'ResourceNotFound');
const deleted = await reader.api(`${ca}/deletedItems/policies/${created.id}`).get();
assert.ok(deleted.deletedDateTime);
const restored = await client.api(`${ca}/deletedItems/policies/${created.id}/restore`).post({});
assert.equal(restored.id, created.id);
assert.equal(restored.state, policy.state);
// What was read may be sent again.
const copy = await client.api(`${ca}/policies`).post(restored);
assert.notEqual(copy.id, created.id);

// ---- the rest of conditional access ----
const location = await client.api(`${ca}/namedLocations`).post({
  '@odata.type': '#microsoft.graph.ipNamedLocation', displayName: 'Lab', isTrusted: false,
  ipRanges: [{ '@odata.type': '#microsoft.graph.iPv6CidrRange', cidrAddress: '2001:db8::/48' }],
});
record('namedLocation', location);
const ipLocations = await reader.api(`${ca}/namedLocations`)
  .filter("isof('microsoft.graph.ipNamedLocation')").get();
assert.ok(ipLocations.value.some((one) => one.id === location.id));
const strength = await client.api('/policies/authenticationStrengthPolicies').post({
  displayName: 'Keys', allowedCombinations: ['fido2'],
});
record('strength', strength);
assert.equal(strength.requirementsSatisfied, 'mfa');
const result = await client.api(`/policies/authenticationStrengthPolicies/${strength.id}/updateAllowedCombinations`)
  .post({ allowedCombinations: ['fido2', 'windowsHelloForBusiness'] });
assert.deepEqual(result.previousCombinations, ['fido2']);
assert.deepEqual([...result.currentCombinations].sort(), ['fido2', 'windowsHelloForBusiness']);
record('templates', await reader.api(`${ca}/templates`).get());
const evaluated = await reader.api(`${ca}/evaluate`).version('beta').post({
  signInIdentity: { '@odata.type': '#microsoft.graph.userSignIn', userId: '10000000-0000-4000-8000-000000000001' },
  signInContext: { '@odata.type': '#microsoft.graph.applicationContext', includeApplications: ['30000000-0000-4000-8000-000000000002'] },
  signInConditions: { devicePlatform: 'windows', clientAppType: 'browser', country: 'US', ipAddress: '40.77.182.32' },
  appliedPoliciesOnly: true,
});
assert.ok(evaluated.value.length > 0 && evaluated.value.every((one) => one.policyApplies && one.analysisReasons === 'notSet'));
record('evaluate', evaluated);

// ---- the directory ----
const me = await clientFor(process.env.PERSON_TOKEN).api('/me').get();
assert.equal(me.userPrincipalName, 'ada@example.org');
const group = await client.api('/groups').post({
  displayName: 'Pilots', mailEnabled: false, mailNickname: 'pilots', securityEnabled: true, groupTypes: [],
});
record('group', group);
await client.api(`/groups/${group.id}/members/$ref`).post({ '@odata.id': `${url}/v1.0/directoryObjects/${me.id}` });
const members = await reader.api(`/groups/${group.id}/members`).get();
assert.deepEqual(members.value.map((one) => one.id), [me.id]);
const groups = await reader.api(`/users/${me.id}/transitiveMemberOf/microsoft.graph.group`).get();
assert.ok(groups.value.some((one) => one.id === group.id));
await client.api(`/groups/${group.id}/members/${me.id}/$ref`).delete();
record('devices', await reader.api('/devices').get());
record('organization', await reader.api('/organization').get());
record('subscribedSkus', await reader.api('/subscribedSkus').get());
record('directoryAudits', await reader.api('/auditLogs/directoryAudits').top(5).get());

// ---- managed devices and compliance policies ----
const managed = '/deviceManagement/managedDevices';
assert.deepEqual((await reader.api(managed).filter("complianceState eq 'noncompliant'").count(true).get()).value, []);
await assert.rejects(client.api(`${managed}/${group.id}/remoteLock`).post({}), { statusCode: 404 });
const compliance = '/deviceManagement/deviceCompliancePolicies';
const compliant = await client.api(compliance).post({
  '@odata.type': '#microsoft.graph.macOSCompliancePolicy', displayName: 'Macs', firewallEnabled: true,
  scheduledActionsForRule: [{ ruleName: 'PasswordRequired', scheduledActionConfigurations: [
    { actionType: 'block', gracePeriodHours: 24, notificationTemplateId: '', notificationMessageCCList: [] }] }],
});
record('compliancePolicy', compliant);
const assigned = await client.api(`${compliance}/${compliant.id}/assign`).post({
  assignments: [{ target: { '@odata.type': '#microsoft.graph.groupAssignmentTarget', groupId: group.id } }],
});
assert.equal(assigned.value[0].target.groupId, group.id);
const expanded = await reader.api(`${compliance}/${compliant.id}`)
  .expand('assignments,scheduledActionsForRule($expand=scheduledActionConfigurations)').get();
assert.equal(expanded.assignments.length, 1);
assert.equal(expanded.scheduledActionsForRule[0].scheduledActionConfigurations[0].gracePeriodHours, 24);
await client.api(`${compliance}/${compliant.id}/scheduleActionsForRules`).post({
  deviceComplianceScheduledActionForRules: [{ scheduledActionConfigurations: [{ actionType: 'block', gracePeriodHours: 0 }] }],
});
await assert.rejects(reader.api(compliance).post({}), { statusCode: 403 });
record('deviceStatusOverview', await reader.api(`${compliance}/${compliant.id}/deviceStatusOverview`).get());
await client.api(`${compliance}/${compliant.id}`).delete();

// ---- batch ----
const batch = new BatchRequestContent([
  { id: '1', request: new Request(`${url}/v1.0${ca}/policies/${copy.id}`, { method: 'DELETE' }) },
  { id: '2', request: new Request(`${url}/v1.0${ca}/policies/${copy.id}`), dependsOn: ['1'] },
  { id: '3', request: new Request(`${url}/v1.0/users?$top=1`), dependsOn: ['1'] },
]);
const responses = new BatchResponseContent(await client.api('/$batch').post(await batch.getContent()));
assert.equal(responses.getResponseById('1').status, 204);
assert.equal(responses.getResponseById('2').status, 404);
assert.equal((await responses.getResponseById('3').json()).value.length, 1);

// ---- too much, and the client's own retry ----
const raw = await Promise.all(Array.from({ length: 150 }, () =>
  fetch(`${url}/v1.0/organization`, { headers: { Authorization: `Bearer ${readerToken}` } })));
const refused = raw.filter((one) => one.status === 429);
assert.ok(refused.length > 0, 'nothing was refused');
assert.ok(refused.every((one) => Number(one.headers.get('retry-after')) >= 1));
assert.equal((await refused[0].json()).error.code, 'TooManyRequests');
const after = await reader.api('/organization').get();  // the client waits and asks again
assert.equal(after.value.length, 1);
console.log('the Graph client: passed');
