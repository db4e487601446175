/** Words of papers and other software (diffusers, k-diffusion, EDM's code, PyTorch), in small letters, and the word of a sweep file for the same thing. */
export const otherWords: ReadonlyMap<string, string> = new Map([
  ['lr', 'learningRate'], ['learning_rate', 'learningRate'],
  ['lr_scheduler', 'learningRatePlan'], ['lrschedule', 'learningRatePlan'],
  ['batch_size', 'batch'], ['batchsize', 'batch'],
  ['optimizer', 'optimiser'],
  ['grad_clip', 'gradientClip'], ['clip_grad_norm', 'gradientClip'],
  ['prediction_type', 'parameterisation'], ['prediction', 'parameterisation'], ['objective', 'parameterisation'],
  ['epsilon', 'eps'], ['noise', 'eps'], ['sample', 'x0'], ['v_prediction', 'v'], ['velocity', 'v'], ['flow_prediction', 'flow'],
  ['scheduler', 'sampler'], ['num_inference_steps', 'steps'], ['num_steps', 'steps'], ['nfe', 'steps'],
  ['noise_schedule', 'schedule'], ['beta_schedule', 'schedule'],
  ['sigmas', 'discretisation'], ['timesteps', 'discretisation'],
  ['guidance_scale', 'guidance'], ['cfg', 'classifier-free'], ['cfg_scale', 'guidance'],
  ['class_cond', 'classCondition'], ['cond', 'classCondition'],
  ['loss_weighting', 'lossWeight'], ['weighting', 'lossWeight'],
  ['clip_denoised', 'clampX0'], ['clip_sample', 'clampX0'],
  ['dpm++', 'dpmpp-2m'], ['dpmpp_2m', 'dpmpp-2m'], ['dpmpp_sde', 'dpmpp-sde'], ['dpmpp_2m_sde', 'dpmpp-2m-sde'], ['dpmpp_3m_sde', 'dpmpp-3m-sde'],
  ['scaled_linear', 'beta-linear'], ['squaredcos_cap_v2', 'cosine'],
]);
