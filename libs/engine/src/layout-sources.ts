import { kernelLayouts, kernelSizes } from '@elucidate/engine-native/kernel-layouts';

const made = 'Made of libs/engine-native/src/kernel-layouts.ts by `npm run build:layouts -w @elucidate/engine`.';
const width = 140;

/** Names, or names and values, wrapped over as many lines as needed. */
function listed(entries: readonly string[]): string {
  const oneLine = entries.join(', ');
  if (oneLine.length <= width) return ` ${oneLine} `;
  const lines: string[] = [''];
  for (const entry of entries) {
    if (lines.at(-1)!.length + entry.length > width) lines.push('');
    lines.push(`${lines.pop()} ${entry},`);
  }
  return `\n${lines.map((line) => ` ${line}`).join('\n')}\n`;
}

const sizes = Object.entries(kernelSizes).map(([name, size]) => `${name} = ${size}`);

/** Those that AssemblyScript reads, as `const` enums: the compiler inlines their values. */
export function assemblySource(): string {
  const read = ['BinaryOp', 'UnaryOp', 'BroadcastPlan', 'ConvolvePlan', 'FilterGradientPlan', 'WinogradPlan', 'WinogradGradientPlan'] as const;
  const enums = read.map((layout) => `export const enum ${layout} {${listed(kernelLayouts[layout])}}\n`);
  return [`/** ${made} */\n`, ...enums, `export const enum KernelSize {${listed(sizes)}}\n`].join('\n');
}

/** Those that C++ reads, in C++. */
export function headerSource(): string {
  const read = ['BinaryOp', 'UnaryOp', 'BroadcastPlan', 'ConvolutionPass', 'ConvolutionArgument'] as const;
  return ['#pragma once\n', '#include <cstdint>\n', `/** ${made} */\n`, ...read.map((layout) => `enum class ${layout} : std::int64_t {${listed(kernelLayouts[layout])}};\n`)].join('\n');
}
