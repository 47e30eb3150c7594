// The recorded answers, and those of every row that reads, fit the OpenAPI document.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const url = process.env.SALLYPORT_URL;
const document = await (await fetch(`${url}/openapi.json`)).json();
const page = await fetch(`${url}/openapi`);
assert.equal(page.status, 200);
assert.ok(!/(src|href)="https?:/.test(await page.text()), 'the page loads something from elsewhere');

const ajv = new Ajv({ strict: false, allErrors: true });
addFormats(ajv);
ajv.addSchema(document, 'api');
const pointer = (text) => text.replaceAll('~', '~0').replaceAll('/', '~1');
const schemaOf = (path, method, status) =>
  `api#/paths/${pointer(path)}/${method}/responses/${status}/content/application~1json/schema`;
function check(what, reference, answer) {
  const validate = ajv.getSchema(reference.replaceAll('{', '%7B').replaceAll('}', '%7D').replaceAll('$', '%24'));
  assert.ok(validate, `no schema ${reference}`);
  assert.ok(validate(answer), `${what}: ${JSON.stringify(validate.errors?.slice(0, 3), null, 1)}`);
}

const ids = {
  '/users/{id}': '10000000-0000-4000-8000-000000000001',
  '/groups/{id}': '20000000-0000-4000-8000-000000000001',
  '/directoryRoles/{id}': '22000000-0000-4000-8000-000000000001',
  '/devices/{id}': '40000000-0000-4000-8000-000000000001',
  '/servicePrincipals/{id}': '31000000-0000-4000-8000-000000000001',
  '/identity/conditionalAccess/policies/{id}': '60000000-0000-4000-8000-000000000001',
  '/identity/conditionalAccess/authenticationStrength/policies/{id}': '00000000-0000-0000-0000-000000000002',
  '/identity/conditionalAccess/templates/{id}': 'c7503427-338e-4c5e-902d-abe252abfb43',
};
const headers = { Authorization: `Bearer ${process.env.PERSON_TOKEN}` };
let checked = 0;
for (const [path, methods] of Object.entries(document.paths)) {
  if (!methods.get) continue;
  const start = Object.keys(ids).find((one) => path.startsWith(one));
  const real = start ? path.replace('{id}', ids[start]) : path;
  if (real.includes('{')) continue;
  let response = await fetch(`${url}/v1.0${real}`, { headers });
  while (response.status === 429) {
    await new Promise((done) => setTimeout(done, 1000 * Number(response.headers.get('retry-after'))));
    response = await fetch(`${url}/v1.0${real}`, { headers });
  }
  assert.equal(response.status, 200, `${real}: ${await response.clone().text()}`);
  const schema = methods.get.responses['200'].content;
  if (!schema['application/json']) continue;
  check(path, schemaOf(path, 'get', '200'), await response.json());
  ++checked;
}
assert.ok(checked > 30, `only ${checked} answers were checked`);
const missing = await fetch(`${url}/v1.0/users/nobody`, { headers });
check('an error', 'api#/components/schemas/error', await missing.json());
assert.ok(readdirSync(process.env.ANSWERS).length > 10);
for (const [name, schema] of [['policy', 'conditionalAccessPolicy'], ['namedLocation', 'namedLocation'],
  ['strength', 'authenticationStrengthPolicy'], ['group', 'group']]) {
  check(name, `api#/components/schemas/${schema}`,
    JSON.parse(readFileSync(`${process.env.ANSWERS}/${name}.json`, 'utf8')));
}
console.log(`the OpenAPI document: ${checked} answers fit`);
