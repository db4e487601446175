import { sizeText } from './size.js';

test.each([[0, '0 bytes'], [1023, '1023 bytes'], [1024, '1.0 KiB'], [17_245_314, '16.4 MiB'], [2 ** 30, '1.0 GiB'], [5 * 2 ** 50, '5120.0 TiB']])('%d bytes are %s', (bytes, text) => {
  expect(sizeText(bytes)).toBe(text);
});
