import * as tf from '@tensorflow/tfjs-core';

/** Gradients of the kernels that only our backends have, so that they can also be called as plain ops. */
export function registerOwnGradients(): void {
  if (tf.getGradient('GroupNormSilu') !== undefined) return;
  tf.registerGradient({
    kernelName: 'GroupNormSilu',
    inputsToSave: ['x', 'scale', 'bias'],
    outputsToSave: [false, true],
    // Run here, not inside the closures: each of those runs in a tidy, which would dispose the other outputs.
    gradFunc: (dy, [x, scale, bias, stats], attrs) => {
      const from = { dy: Array.isArray(dy) ? dy[0] : dy, x, scale, bias, stats } as unknown as tf.NamedTensorMap;
      const [dx, dscale, dbias] = tf.engine().runKernel<tf.Tensor[]>('GroupNormSiluGrad', from, attrs) as [tf.Tensor, tf.Tensor, tf.Tensor];
      return { x: () => dx, scale: () => dscale, bias: () => dbias };
    },
  });
  tf.registerGradient({
    kernelName: 'GroupNormBeside',
    outputsToSave: [false, true, true, false],
    gradFunc: (dys, [stats, x], attrs) => {
      const [dy, , other, other1] = dys as tf.Tensor[];
      const from = { dy, x, stats, other, ...(other1 && { other1 }) } as unknown as tf.NamedTensorMap;
      const made = tf.engine().runKernel<tf.Tensor[]>('GroupNormSiluGrad', from, attrs);
      const [dscale, dbias] = made.slice(-2) as [tf.Tensor, tf.Tensor];
      return { x: () => made[0]!, beside: () => made[1]!, scale: () => dscale, bias: () => dbias };
    },
  });
  tf.registerGradient({
    kernelName: 'ConvolveNorm',
    inputsToSave: ['x', 'filter'],
    outputsToSave: [false, true, true],
    gradFunc: (dys, [x, filter, stats, map], attrs) => {
      const from = { dy: (dys as tf.Tensor[])[0], x: map, stats } as unknown as tf.NamedTensorMap;
      const [dmap, dscale, doffset, dv] = tf.engine().runKernel<tf.Tensor[]>('GroupNormSiluGrad', from, attrs) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor?];
      // all of them here, so that dmap can be freed
      const parts = convolutionParts(dmap, { x: x!, filter: filter! }, attrs);
      const [dx, dfilter, dbias] = [parts.x(), parts.filter(), parts.bias()];
      dmap.dispose();
      return { x: () => dx, filter: () => dfilter, bias: () => dbias, scale: () => dscale, offset: () => doffset, perImage: () => dv! };
    },
  });
  tf.registerGradient({
    kernelName: 'Attention',
    inputsToSave: ['qkv'],
    outputsToSave: [true, true],
    gradFunc: (dy, [qkv, seen, total], attrs) => {
      const from = { qkv, seen, total, dseen: Array.isArray(dy) ? dy[0] : dy } as unknown as tf.NamedTensorMap;
      return { qkv: () => tf.engine().runKernel<tf.Tensor>('AttentionGrad', from, attrs) };
    },
  });
  tf.registerGradient({
    kernelName: 'ConvolveSum',
    inputsToSave: ['x', 'filter'],
    gradFunc: (dy, [x, filter], attrs) => convolutionParts(dy as tf.Tensor, { x: x!, filter: filter! }, attrs),
  });
  tf.registerGradient({
    kernelName: 'Projections',
    inputsToSave: ['x', 'kernel0', 'kernel1', 'kernel2'],
    gradFunc: (dy, [x, ...kernels], attrs) => {
      const from = { dy, x, ...named('kernel', kernels) } as unknown as tf.NamedTensorMap;
      const [dx, ...others] = tf.engine().runKernel<tf.Tensor[]>('ProjectionsGrad', from, attrs) as [tf.Tensor, ...tf.Tensor[]];
      const parts = { x: dx, ...named('kernel', others.slice(0, 3)), ...named('bias', others.slice(3)) };
      return Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, () => part]));
    },
  });
  tf.registerGradient({
    kernelName: 'AffineEach',
    saveAllInputs: true,
    gradFunc: (dys, saved) => {
      const parts = tf.engine().runKernel<tf.Tensor[]>('AffineEachGrad', [...saved, ...[dys].flat()] as unknown as tf.NamedTensorMap, {});
      return Object.fromEntries(parts.map((part, i) => [i, () => part]));
    },
  });
  tf.registerGradient({
    kernelName: 'Silu',
    inputsToSave: ['x'],
    gradFunc: (dy, [x]) => ({ x: () => tf.engine().runKernel<tf.Tensor>('SiluGrad', { dy, x } as unknown as tf.NamedTensorMap) }),
  });
  tf.registerGradient({
    kernelName: 'Upsample2x',
    gradFunc: (dy) => ({ x: () => tf.engine().runKernel<tf.Tensor>('Upsample2xGrad', { dy: dy as tf.Tensor }) }),
  });
  tf.registerGradient({
    kernelName: 'AddPerImage',
    gradFunc: (dy) => ({ x: () => tf.clone(dy as tf.Tensor), v: () => tf.engine().runKernel<tf.Tensor>('SumPerImage', { dy: dy as tf.Tensor }) }),
  });
}

/** Of a convolution with what is added to it. */
function convolutionParts(dy: tf.Tensor, { x, filter }: { x: tf.Tensor; filter: tf.Tensor }, attrs: tf.NamedAttrMap) {
  const run = (name: string, inputs: object, more: object) => tf.engine().runKernel<tf.Tensor>(name, { dy, ...inputs } as unknown as tf.NamedTensorMap, { ...attrs, ...more });
  const filterShape = filter.shape;
  const [dfilter, dbias] = attrs.biased ? run('ConvolveSumGrad', { x }, { filterShape }) as unknown as [tf.Tensor, tf.Tensor] : [];
  return {
    x: () => run('Conv2DBackpropInput', { filter }, { inputShape: x.shape }),
    filter: () => dfilter ?? run('Conv2DBackpropFilter', { x }, { filterShape }),
    bias: () => dbias!,
    perImage: () => run('SumPerImage', {}, {}),
    other: () => tf.clone(dy),
  };
}

const named = (name: string, tensors: readonly tf.Tensor[]): Record<string, tf.Tensor> => Object.fromEntries(tensors.map((tensor, i) => [`${name}${i}`, tensor]));
