import { isSynthetic } from './dataset-grammar.js';
import type { DatasetSpec } from './dataset-grammar.js';
import { isProgram, isUNet } from './design.js';
import type { NetworkSpec, UNetSpec } from './design.js';
import type { Problem } from './errors.js';
import { shortText } from './problem-text.js';

/** Reasons why a network, written at `path`, cannot be built for a data set. */
export function networkProblems(path: string, network: NetworkSpec, dataset: DatasetSpec): Problem[] {
  if (isUNet(network)) return [...channelProblems(path, network), ...levelProblems(path, network, dataset.resolution), ...attentionProblems(path, network)];
  if (isProgram(network) || isSynthetic(dataset)) return [];
  return [{ path, value: shortText(network.kind), expected: `a network to train: an exact denoiser is known for gaussian and mixture data, not for ${dataset.name}` }];
}

function channelProblems(path: string, { channels, baseChannels = channels[0]!, groups }: UNetSpec): Problem[] {
  if (channels.some((count) => count % groups !== 0)) return [{ path: `${path}.channels`, value: shortText(channels), expected: `channels that groups (${groups}) divides` }];
  return baseChannels % groups === 0 ? [] : [{ path: `${path}.baseChannels`, value: shortText(baseChannels), expected: `channels that groups (${groups}) divides` }];
}

function levelProblems(path: string, { channels }: UNetSpec, resolution: number): Problem[] {
  const size = resolution / 2 ** (channels.length - 1);
  if (size >= 2 && Number.isInteger(size)) return [];
  return [{ path: `${path}.channels`, value: shortText(channels), expected: `levels that leave whole pixels, at least 2x2 of ${resolution}x${resolution}; ${channels.length} levels leave ${size}x${size}` }];
}

function attentionProblems(path: string, { channels, attention, headChannels }: UNetSpec): Problem[] {
  if (attention === false) return headChannels === undefined ? [] : [{ path: `${path}.headChannels`, value: shortText(headChannels), expected: 'nothing where no level attends; set attention, or drop headChannels' }];
  const levels = attention === true ? [] : attention;
  if (levels.some((level, i) => level >= channels.length || (i > 0 && level <= levels[i - 1]!))) {
    return [{ path: `${path}.attention`, value: shortText(attention), expected: `levels from 0, the finest, to ${channels.length - 1}, in rising order` }];
  }
  const attending = [...new Set([...levels, channels.length - 1])].map((level) => channels[level]!);
  if (headChannels === undefined || attending.every((count) => count % headChannels === 0)) return [];
  return [{ path: `${path}.headChannels`, value: shortText(headChannels), expected: `a divisor of the channels of every level that attends (${attending.join(', ')})` }];
}
