#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "engine/core/pool.h"

/**
 * FlConvolution:
 *
 * The sizes of a two-dimensional convolution of one picture. The input is [in_height][in_width]
 * [in_channels], the output [out_height][out_width][out_channels], both channels-last and dense.
 * Output pixel (y, x) reads input pixels (y * stride_height - pad_top + i * dilation_height, ...);
 * what lies outside the input is 0. Group g's filters read input channels g * in_channels / groups
 * and on.
 */
typedef struct
{
  int in_channels, in_height, in_width;
  int out_channels, out_height, out_width;
  int groups;
  int kernel_height, kernel_width;
  int stride_height, stride_width;
  int dilation_height, dilation_width;
  int pad_top, pad_left;
} FlConvolution;

/**
 * FlConvolutionKernel:
 * @name: for benches
 * @applies: whether it can compute that convolution
 * @packed_size: floats of the packed weights
 * @pack_filter: writes one filter ([I/groups][KH][KW], NULL: zeros) into packed weights
 * @forward_scratch: floats of working memory
 * @forward: y = conv (x) + bias; @bias may be NULL
 * @input_gradient: adds conv' (dy) to dx
 * @weight_gradient: adds dW to @dw ([O][I/groups][KH][KW], may be NULL) and the sum of |dW| over
 * each filter to @sums (out_channels doubles, may be NULL)
 *
 * One way of computing convolutions. All give the same bytes at any number of workers.
 */
typedef struct
{
  const char *name;
  bool (*applies) (const FlConvolution *c);
  size_t (*packed_size) (const FlConvolution *c);
  void (*pack_filter) (const FlConvolution *c, int filter, const float *weights, float *packed);
  size_t (*forward_scratch) (const FlConvolution *c, int n_workers);
  void (*forward) (const FlConvolution *c, const float *x, const float *packed, const float *bias,
                   float *y, FlPool *pool, float *scratch);
  size_t (*input_gradient_scratch) (const FlConvolution *c, int n_workers);
  void (*input_gradient) (const FlConvolution *c, const float *dy, const float *packed, float *dx,
                          FlPool *pool, float *scratch);
  size_t (*weight_gradient_scratch) (const FlConvolution *c, int n_workers);
  void (*weight_gradient) (const FlConvolution *c, const float *x, const float *dy, float *dw,
                           double *sums, FlPool *pool, float *scratch);
} FlConvolutionKernel;

/* The kernel for a convolution: the one table in which kernels are chosen. */
const FlConvolutionKernel *fl_convolution_kernel_choose (const FlConvolution *c);

/* Floats of one filter: in_channels / groups * kernel_height * kernel_width. */
int fl_convolution_filter_size (const FlConvolution *c);
