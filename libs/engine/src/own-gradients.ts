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
    kernelName: 'Upsample2x',
    gradFunc: (dy) => ({ x: () => tf.engine().runKernel<tf.Tensor>('Upsample2xGrad', { dy: dy as tf.Tensor }) }),
  });
  tf.registerGradient({
    kernelName: 'AddPerImage',
    gradFunc: (dy) => ({ x: () => tf.clone(dy as tf.Tensor), v: () => tf.engine().runKernel<tf.Tensor>('SumPerImage', { dy: dy as tf.Tensor }) }),
  });
}
