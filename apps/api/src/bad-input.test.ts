import { request } from 'node:http';
import { post, smallSweep, startTestServer } from './server.fixture.js';
import type { TestServer } from './server.fixture.js';

let server: TestServer;
beforeAll(async () => { server = await startTestServer(); });
afterAll(() => server.close());

interface Found {
  status: number;
  code: string;
  detail: string;
  problems?: { path: string; value: string; expected: string; nearest?: string }[];
}

const submit = async (body: string, type = 'application/yaml') => {
  const response = await post(`${server.url}/v1/sweeps`, body, { 'content-type': type });
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  return (await response.json()) as Found;
};

const withLine = (line: string) => `${smallSweep}${line}\n`;
const bomb = `a: &a [x, x, x, x, x, x, x, x, x]\n${'bcdefgh'.split('').map((name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[i]}`).join(', ')}]`).join('\n')}\nname: bomb\n`;
const million = `name: million\ndataset: { name: fashion-mnist }\nparameters:\n  inputScale: { values: [${Array.from({ length: 1000 }, (_, i) => (i + 1) / 100).join(', ')}] }\n  steps: { values: [${Array.from({ length: 1000 }, (_, i) => i + 1).join(', ')}] }\n`;

interface Expected {
  path: RegExp;
  value: RegExp;
  expected: RegExp;
  nearest?: string;
}

const table: [what: string, body: string, expected: Expected][] = [
  ['an unknown key', withLine('sedes: { train: [1] }'), { path: /^sedes$/, value: /train/, expected: /seeds/, nearest: 'seeds' }],
  ['a misspelt kind', smallSweep.replace('kind: heun', 'kind: huen'), { path: /^parameters\.sampler\.values\[1\]\.kind$/, value: /^"huen"$/, expected: /ddpm, ddim, euler/, nearest: 'heun' }],
  ['an axis without values', smallSweep.replace('[{ kind: ddim }, { kind: heun }]', '[]'), { path: /^parameters\.sampler/, value: /^\[\]$/, expected: /at least 1|one or more/ }],
  ['a number that is none', smallSweep.replace('value: 5', 'value: .nan'), { path: /^parameters\.steps/, value: /^NaN$/, expected: /number/ }],
  ['negative steps', smallSweep.replace('value: 5', 'value: -5'), { path: /^parameters\.steps/, value: /^-5$/, expected: /at least 1/ }],
  ['a condition that leaves no cell', withLine('where: "steps > 100"'), { path: /^where$/, value: /steps > 100/, expected: /cell/ }],
  ['a condition that is no CEL', withLine('where: "steps >"'), { path: /^where$/, value: /steps >/, expected: /CEL|expression|condition/ }],
  ['a million cells', million, { path: /^parameters$/, value: /^1000000 cells$/, expected: /at most 100000 cells/ }],
  ['an alias bomb', bomb, { path: /^$/, value: /a: &a \[x, x/, expected: /at most 100 uses of an alias/ }],
  ['a key that reaches the prototype', withLine('__proto__: { polluted: true }'), { path: /__proto__/, value: /^\{\.\.\.\}$/, expected: /^no key named __proto__$/ }],
  ['a NUL in the name', smallSweep.replace('name: small', 'name: "a\\0b"'), { path: /^name$/, value: /^"a\\u0000b"$/, expected: /^text without NUL characters/ }],
  ['half a surrogate pair in a label', withLine('profiles: { "x\\uD800": {} }'), { path: /^profiles\.x\\ud800$/, value: /^"x\\ud800"$/, expected: /^text without NUL characters/ }],
  ['half a mapping', '{ name: x', { path: /^$/, value: /^""$/, expected: /valid YAML or JSON; line 1, column 10: .*must end with a \}/ }],
  ['a list', '[1, 2]', { path: /^$/, value: /^\[1,2\]$/, expected: /^a record with some of the keys name, / }],
];

test.each([
  ['/v1/sweeps?state=asleep', 'query.state is "asleep"; expected running, done, failed or cancelled'],
  ['/v1/sweeps/abc/stages?kind=trian', expect.stringMatching(/^query\.kind is "trian"; expected extractor, .* or score$/) as string],
])('%s is refused in plain words', async (path, text) => {
  const { status, detail } = (await (await fetch(`${server.url}${path}`)).json()) as Found;
  expect([status, detail.replace('The request is not valid: ', '')]).toEqual([400, text]);
});

test.each(table)('%s is refused with the path, the value and what was expected', async (_what, body, { path, value, expected, nearest }) => {
  const found = await submit(body);
  expect([413, 422]).toContain(found.status);
  const problem = found.problems?.find((one) => path.test(one.path));
  expect(problem?.value).toMatch(value);
  expect(problem?.expected).toMatch(expected);
  expect(problem?.nearest).toBe(nearest);
});

test('the same in JSON: __proto__, and unbounded nesting', async () => {
  const json = '{"name":"x","dataset":{"name":"fashion-mnist"},"__proto__":{"polluted":true}}';
  expect(await submit(json, 'application/json')).toMatchObject({ status: 422, problems: [{ path: '__proto__' }] });
  expect(await submit(`{"name":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 'application/json')).toMatchObject({ status: 422 });
  expect(await submit('['.repeat(100_000))).toMatchObject({ status: 422 });
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test('a body that is not JSON, has another media type, is too large or is absent is refused before it is parsed as a sweep', async () => {
  expect(await submit('{"name":', 'application/json')).toMatchObject({ status: 400, code: 'request.invalid' });
  expect(await submit('name=x', 'application/x-www-form-urlencoded')).toMatchObject({ status: 415, code: 'request.unsupported' });
  expect(await submit('x'.repeat(10 * 1024 * 1024))).toMatchObject({ status: 413, code: 'spec.too_large', detail: expect.stringContaining('larger than 2097152 bytes') });
  expect(await submit('')).toMatchObject({ status: 400, code: 'request.invalid' });
});

test('an Idempotency-Key with spaces, or one that is too long, is refused', async () => {
  for (const key of ['a b', 'x'.repeat(201)]) {
    const response = await post(`${server.url}/v1/sweeps`, smallSweep, { 'content-type': 'application/yaml', 'idempotency-key': key });
    expect(await response.json()).toMatchObject({ status: 400, problems: [{ path: 'Idempotency-Key' }] });
  }
});

test('a page of another site may not submit, nor may a page that reached this server under a foreign host name', async () => {
  const response = await post(`${server.url}/v1/sweeps`, smallSweep, { 'content-type': 'text/plain', origin: 'https://evil.example' });
  expect(response.status).toBe(403);
  expect(await response.json()).toMatchObject({ code: 'request.forbidden' });
});

test('no route answers under a foreign host name that resolves to this server', async () => {
  const statusOf = (path: string) => new Promise((resolve, reject) => {
    request(server.url + path, { headers: { host: 'evil.example' } }, (response) => resolve(response.resume().statusCode)).on('error', reject).end();
  });
  expect(await Promise.all(['/', '/v1/sweeps', '/v1/leaderboard', '/v1/events', '/openapi.json', '/readyz'].map(statusOf))).toEqual([403, 403, 403, 403, 403, 403]);
});

test('after all these requests no sweep, stage or event has been written', async () => {
  const [counts] = await server.sql('select (select count(*)::int from sweeps) as sweeps, (select count(*)::int from stages) as stages, (select count(*)::int from events) as events');
  expect(counts).toEqual({ sweeps: 0, stages: 0, events: 0 });
});

test('unknown routes and methods are answered with a problem document too', async () => {
  const answers = await Promise.all([fetch(`${server.url}/v2/nothing`), fetch(`${server.url}/v1/sweeps`, { method: 'PUT' }), fetch(`${server.url}/v1/sweeps/%ff`)]);
  expect(answers.map(({ status }) => status)).toEqual([404, 404, 400]);
  for (const answer of answers) {
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(await answer.text()).not.toMatch(/\bat .*\.(js|ts):\d/);
  }
});
