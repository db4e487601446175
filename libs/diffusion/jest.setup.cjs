/** Tests compute on tfjs's cpu backend; tfjs-layers registers the gradients. Under IS_TEST tfjs also checks each kernel for leaks. */
require('@tensorflow/tfjs-backend-cpu');
require('@tensorflow/tfjs-layers');
require('@tensorflow/tfjs-core').env().set('IS_TEST', true);
