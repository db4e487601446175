import { fileURLToPath } from 'node:url';

/** The weights that ship with the project, set "weights" of a safetensors file; `standardExtractors` in libs/experiment holds its sha256 and accuracy. */
export const standardExtractorFile = fileURLToPath(new URL('../assets/fashion-mnist-extractor.safetensors', import.meta.url));
