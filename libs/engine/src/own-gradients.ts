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
    inputsToSave: ['x', 'scale', 'bias'],
    outputsToSave: [false, true, false],
    gradFunc: (dys, [x, scale, bias, stats], attrs) => {
      const [dy, , other] = dys as tf.Tensor[];
      const [dx, dscale, dbias] = tf.engine().runKernel<tf.Tensor[]>('GroupNormSiluGrad', { dy, x, scale, bias, stats, other } as unknown as tf.NamedTensorMap, attrs) as [tf.Tensor, tf.Tensor, tf.Tensor];
      return { x: () => dx, scale: () => dscale, bias: () => dbias };
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
    gradFunc: (dy, [x, filter], attrs) => {
      const run = (name: string, inputs: object, more: object) => tf.engine().runKernel<tf.Tensor>(name, { dy, ...inputs } as unknown as tf.NamedTensorMap, { ...attrs, ...more });
      const filterShape = filter!.shape;
      const [dfilter, dbias] = attrs.biased ? run('ConvolveSumGrad', { x }, { filterShape }) as unknown as [tf.Tensor, tf.Tensor] : [];
      return {
        x: () => run('Conv2DBackpropInput', { filter }, { inputShape: x!.shape }),
        filter: () => dfilter ?? run('Conv2DBackpropFilter', { x }, { filterShape }),
        bias: () => dbias!,
        perImage: () => run('SumPerImage', {}, {}),
        other: () => tf.clone(dy as tf.Tensor),
      };
    },
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
    kernelName: 'Upsample2x',
    gradFunc: (dy) => ({ x: () => tf.engine().runKernel<tf.Tensor>('Upsample2xGrad', { dy: dy as tf.Tensor }) }),
  });
  tf.registerGradient({
    kernelName: 'AddPerImage',
    gradFunc: (dy) => ({ x: () => tf.clone(dy as tf.Tensor), v: () => tf.engine().runKernel<tf.Tensor>('SumPerImage', { dy: dy as tf.Tensor }) }),
  });
}

const named = (name: string, tensors: readonly tf.Tensor[]): Record<string, tf.Tensor> => Object.fromEntries(tensors.map((tensor, i) => [`${name}${i}`, tensor]));
