import { hostname } from 'node:os';
import { originFault } from './origin.js';

const rule = { host: '127.0.0.1', allowedHosts: ['lab.example'] };
const post = (headers: Record<string, string>) => originFault({ method: 'POST', headers }, rule);

test.each([
  ['no Origin at all, as curl sends it', { host: '127.0.0.1:3210' }],
  ['a page of this server', { host: 'localhost:3210', origin: 'http://localhost:3210' }],
  ['IPv6 loopback', { host: '[::1]:3210', origin: 'http://[::1]:3210' }],
  ['a name that was allowed', { host: 'lab.example', origin: 'https://lab.example' }],
])('may post: %s', (_who, headers) => {
  expect(post(headers)).toBeUndefined();
});

test.each([
  ['a page of another site', { host: '127.0.0.1:3210', origin: 'https://evil.example' }, 'evil.example'],
  ['another port of this machine', { host: '127.0.0.1:3210', origin: 'http://127.0.0.1:8080' }, '8080'],
  ['a sandboxed page', { host: '127.0.0.1:3210', origin: 'null' }, 'Origin null'],
  ['a foreign name pointed at loopback', { host: 'evil.example:3210', origin: 'http://evil.example:3210' }, 'ALLOWED_HOSTS'],
  ['a cross-site request that hides its origin', { host: '127.0.0.1:3210', 'sec-fetch-site': 'cross-site' }, 'another site'],
])('may not post: %s', (_who, headers, reason) => {
  expect(post(headers)).toContain(reason);
});

test.each(['GET', 'HEAD'])('%s under a foreign host name that resolves to loopback is refused: its pages could read every result', (method) => {
  expect(originFault({ method, headers: { host: 'evil.example:3210' } }, rule)).toContain('ALLOWED_HOSTS');
  expect(originFault({ method, headers: {} }, rule)).toContain('ALLOWED_HOSTS');
});

test('reading is open to pages of other sites, whose browser hides the response from them', () => {
  expect(originFault({ method: 'GET', headers: { host: 'localhost:3210', origin: 'https://evil.example' } }, rule)).toBeUndefined();
});

describe.each(['0.0.0.0', '192.0.2.7', 'lab-head'])('a server that listens on %s', (host) => {
  const onNetwork = { ...rule, host };

  test.each(['127.0.0.1:3210', '192.0.2.7:3210', '[2001:db8::1]:3210', `${hostname()}:3210`, 'lab.example'])('answers to %s', (named) => {
    expect(originFault({ method: 'GET', headers: { host: named } }, onNetwork)).toBeUndefined();
    expect(originFault({ method: 'POST', headers: { host: named, origin: `http://${named}` } }, onNetwork)).toBeUndefined();
  });

  test.each(['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS'])('%s through a foreign name is refused, with the same Origin too', (method) => {
    expect(originFault({ method, headers: { host: 'evil.example', origin: 'http://evil.example' } }, onNetwork)).toContain('ALLOWED_HOSTS');
  });
});
