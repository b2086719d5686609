#include "engine/kernels/convolution-kernels.h"

/* The first that applies is taken; the last takes everything. */
static const FlConvolutionKernel *const kernels[] = {
  &fl_convolution_depthwise,
  &fl_convolution_im2col,
};

const FlConvolutionKernel *
fl_convolution_kernel_choose (const FlConvolution *c)
{
  size_t i = 0;

  while (!kernels[i]->applies (c))
    i++;
  return kernels[i];
}

int
fl_convolution_filter_size (const FlConvolution *c)
{
  return c->in_channels / c->groups * c->kernel_height * c->kernel_width;
}
