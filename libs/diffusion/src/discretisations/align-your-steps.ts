/**
 * The lists of Align Your Steps (Sabour, Fidler and Kreis 2024, arXiv 2404.14507), optimised for ten steps of these models on their data: levels of other data
 * than ours. Published in the authors' notes and in huggingface/diffusers #7760.
 */
export const alignYourSteps = {
  'sd-1.5': [14.615, 6.475, 3.861, 2.697, 1.886, 1.396, 0.963, 0.652, 0.399, 0.152, 0.029],
  'sdxl': [14.615, 6.315, 3.771, 2.181, 1.342, 0.862, 0.555, 0.380, 0.234, 0.113, 0.029],
  'deepfloyd-if': [160.41, 8.081, 3.315, 1.885, 1.207, 0.785, 0.553, 0.293, 0.186, 0.030, 0.006],
} as const;

export type AlignYourStepsList = keyof typeof alignYourSteps;
