import { apiAddressFrom, apiKeyFrom } from './api-address.js';

test.each([
  ['http://127.0.0.1:3210', 'http://127.0.0.1:3210'], ['https://lab.example/', 'https://lab.example'], [' http://gpu-head:3210\n', 'http://gpu-head:3210'], ['HTTP://[::1]:80', 'http://[::1]'],
])('%j is %s', (text, address) => {
  expect(apiAddressFrom(text, 'ELUCIDATE_API')).toBe(address);
});

test.each([
  ['127.0.0.1:3210', 'does not begin with http'], ['localhost:3210', 'does not begin with http'], ['ftp://x', 'does not begin with http'], ['', 'does not begin with http'],
  ['http://a b', 'not an address'], ['http://', 'not an address'], ['http://x:99999', 'not an address'], ['http://lab.example/v1', 'has a path (/v1)'], ['http://lab.example/?x=1', 'has a path (/?x=1)'],
  ['http://ann:secret@lab.example', 'ELUCIDATE_KEY'],
])('%j is refused in one line that says why and never repeats a password', (text, why) => {
  const message = (() => { try { return apiAddressFrom(text, 'ELUCIDATE_API'); } catch (error) { return (error as Error).message; } })();
  expect(message).toMatch(/^ELUCIDATE_API .*/);
  expect(message).toContain(why);
  expect(message).not.toMatch(/\n|secret/);
});

test('a key is taken without the newline of the file it came from; one that no header can carry is refused without repeating it', () => {
  expect([apiKeyFrom({ ELUCIDATE_KEY: 'elu_x\n' }), apiKeyFrom({ ELUCIDATE_KEY: ' ' }), apiKeyFrom({})]).toEqual(['elu_x', undefined, undefined]);
  expect(() => apiKeyFrom({ ELUCIDATE_KEY: 'elu_x\nsecret' })).toThrow(expect.objectContaining({ code: 'request.invalid', message: expect.not.stringContaining('secret') }));
});
