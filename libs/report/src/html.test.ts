import { html, page } from './html.js';

test('values are escaped, HTML is not, and absent values leave nothing', () => {
  expect(html`<p title="${'"'}">${'<script>&'}${html`<b>${1}</b>`}${null}</p>`.text).toBe('<p title="&quot;">&lt;script&gt;&amp;<b>1</b></p>');
});

test('a list of HTML is joined', () => {
  expect(html`${[html`<i>a</i>`, html`<i>${'<'}</i>`]}`.text).toBe('<i>a</i><i>&lt;</i>');
});

test('a page escapes its title and contains no script', () => {
  expect(page('</title><script>', html`x`)).not.toContain('<script');
});
