#pragma once

#include "call.h"

/**
 * What JavaScript may call. The arguments after the memory are those that each function reads, in order: those of the WebAssembly kernel of
 * the same name in libs/engine/assembly, with the number of items where that has a range of them.
 */
void convolution(Call& call);
void multiply(Call& call);
void binary(Call& call);
void unary(Call& call);
void sumRows(Call& call);
void sumColumns(Call& call);
void copyRows(Call& call);
void transpose(Call& call);
void upsample2x(Call& call);
void upsample2xGradient(Call& call);
void groupNormSilu(Call& call);
void groupNormSiluGradient(Call& call);
void groupNormSiluParts(Call& call);
