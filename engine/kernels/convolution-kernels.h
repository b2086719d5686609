#pragma once

#include "engine/kernels/convolution.h"

/* Any convolution: patches as rows of a matrix, multiplied by OpenBLAS. */
extern const FlConvolutionKernel fl_convolution_im2col;

/* One input and one output channel a group: loops over channels. */
extern const FlConvolutionKernel fl_convolution_depthwise;
