/** Colours that colour-blind readers can distinguish (Okabe & Ito 2008, without the yellow, which is too faint on white), then again dashed, then dotted. */
const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#3a3a3a'] as const;
const dashes = [undefined, '7 3', '2 3'] as const;

export interface Stroke {
  colour: string;
  dash: string | undefined;
}

/** The style of the n-th curve, n >= 0: 21 distinct ones. */
export function strokeOf(n: number): Stroke {
  return { colour: colours[n % colours.length]!, dash: dashes[Math.floor(n / colours.length) % dashes.length] };
}

/** The colours of everything that is not data. */
export const ink = { text: '#1b1f24', quiet: '#57606a', discretisation: '#e4e8ec', faint: '#f1f3f5', axis: '#8c959f', band: '#d7dde4', warning: '#d55e00', paper: '#ffffff' } as const;
