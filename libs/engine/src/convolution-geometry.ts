import * as tf from '@tensorflow/tfjs-core';

type Four = [number, number, number, number];
/** [height, width]. */
export type Pair = readonly [number, number];
export type Geometry = tf.backend_util.Conv2DInfo;

export interface ConvAttrs {
  strides: [number, number] | number;
  dilations?: [number, number] | number;
  pad: 'valid' | 'same' | number;
  dataFormat: 'NHWC' | 'NCHW';
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** Undefined for channels-first images. */
export function geometry(inShape: readonly number[], filterShape: readonly number[], attrs: ConvAttrs): Geometry | undefined {
  const { strides, dilations = 1, pad, dataFormat, dimRoundingMode } = attrs;
  if (dataFormat === 'NCHW') return undefined;
  return tf.backend_util.computeConv2DInfo(inShape as Four, filterShape as Four, strides, dilations, pad, dimRoundingMode);
}
