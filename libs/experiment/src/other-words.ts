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
  ['noise_assignment', 'noisePairing'], ['coupling', 'noisePairing'], ['optimal_transport', 'immiscible'],
  ['clip_denoised', 'clampX0'], ['clip_sample', 'clampX0'],
  ['dpm++', 'dpmpp-2m'], ['dpmpp_2m', 'dpmpp-2m'], ['dpmpp_sde', 'dpmpp-sde'], ['dpmpp_2m_sde', 'dpmpp-2m-sde'], ['dpmpp_3m_sde', 'dpmpp-3m-sde'],
  ['dpmpp_3m', 'dpmpp-3m'], ['dpm_3', 'dpm-3'], ['dpm-solver-2', 'dpm-2'], ['dpm-solver-3', 'dpm-3'], ['ipndm_v', 'lms'], ['ipndm-v', 'lms'], ['pndm', 'ipndm'], ['uni_pc', 'unipc'], ['tab', 'deis'], ['rhoab', 'lms'], ['sa_solver', 'sa-solver'],
  ['afs', 'analyticFirst'], ['ays', 'align-your-steps'], ['align_your_steps', 'align-your-steps'], ['timestep_spacing', 'spacing'], ['steps_offset', 'offset'], ['final_sigmas_type', 'denoiseToZero'], ['denoise_to_zero', 'denoiseToZero'],
  ['logsnr', 'uniform-log-snr'], ['flow_shift', 'shift'],
  ['scaled_linear', 'beta-linear'], ['squaredcos_cap_v2', 'cosine'],
]);

/** Keys that name, wherever they are written, what a sweep file has elsewhere, in small letters. */
export const otherPlaces: ReadonlyMap<string, string> = new Map([
  ...['seed', 'seeds', 'random_seed', 'manual_seed', 'train_seed', 'train_seeds'].map((word) => [word, 'seeds.train'] as const),
  ...['sample_seed', 'sample_seeds'].map((word) => [word, 'seeds.sample'] as const),
  ...['epochs', 'iterations', 'max_steps', 'num_train_steps', 'train_steps'].map((word) => [word, 'train.images'] as const),
  ...['num_samples', 'n_samples'].map((word) => [word, 'evaluate.samples'] as const),
  ...['image_size', 'img_size'].map((word) => [word, 'dataset.resolution'] as const),
]);
