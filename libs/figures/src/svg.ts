/** SVG as text. */

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text escaped for an element or attribute; characters that XML cannot represent become U+FFFD. */
export function escapeXml(text: string): string {
  return text
    .replace(/(?![\t\n\r])[\p{Control}\p{Surrogate}\ufffe\uffff]/gu, '\ufffd')
    .replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** Pixels to two decimals, without trailing zeros. */
export const pixels = (value: number): string => String(Math.round(value * 100) / 100);

const attributesText = (attributes: Attributes): string =>
  Object.entries(attributes).map(([name, value]) => (value === undefined ? '' : ` ${name}="${typeof value === 'number' ? pixels(value) : escapeXml(value)}"`)).join('');

/** An element around markup. */
export function element(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const content = children.join('');
  return content === '' ? `<${name}${attributesText(attributes)}/>` : `<${name}${attributesText(attributes)}>${content}</${name}>`;
}

/** A text element; the text is escaped. */
export const text = (content: string, attributes: Attributes): string => element('text', attributes, escapeXml(content));
