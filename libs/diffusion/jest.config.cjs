/** Tests compute on tfjs's cpu backend; tfjs-layers registers the gradients. */
module.exports = { ...require('../../jest.preset.cjs')(__dirname), setupFiles: ['@tensorflow/tfjs-backend-cpu', '@tensorflow/tfjs-layers'] };
