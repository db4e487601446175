/** Tests compute on tfjs's cpu backend; tfjs-layers registers the gradients. PROD only keeps tfjs from advertising another backend. */
require('@tensorflow/tfjs-backend-cpu');
require('@tensorflow/tfjs-layers');
require('@tensorflow/tfjs-core').env().set('PROD', true);
