#pragma once

#include "engine/kernels/strided-loop.h"

/**
 * FlElementParameters:
 *
 * Two numbers of a function, such as slope and offset; which ones is said at each function.
 */
typedef struct
{
  float a;
  float b;
} FlElementParameters;

/**
 * FlElementFunction:
 * @forward: out = f (in[0])
 * @backward: out = in[0] * f' (x) with in[0] the gradient of the output, in[1] = x, in[2] = f (x)
 * @cost: of one element, in units of an addition
 *
 * A function of one number, on rows; both take a FlElementParameters. At kinks the derivative is
 * PyTorch's.
 */
typedef struct
{
  FlRowFunc forward;
  FlRowFunc backward;
  int cost;
} FlElementFunction;

extern const FlElementFunction fl_element_relu;
extern const FlElementFunction fl_element_leaky_relu; /* a: slope below 0 */
extern const FlElementFunction fl_element_elu;        /* a: -limit below 0 */
extern const FlElementFunction fl_element_sigmoid;
extern const FlElementFunction fl_element_tanh;
extern const FlElementFunction fl_element_hard_sigmoid; /* a x + b, cut to 0 .. 1 */
extern const FlElementFunction fl_element_hard_swish;   /* x times x / 6 + 1/2 cut to 0 .. 1 */
extern const FlElementFunction fl_element_softplus;
extern const FlElementFunction fl_element_erf;
extern const FlElementFunction fl_element_gelu;      /* x times the normal distribution function */
extern const FlElementFunction fl_element_gelu_tanh; /* its approximation with tanh */
extern const FlElementFunction fl_element_clip;      /* cut to a .. b */
extern const FlElementFunction fl_element_sqrt;
extern const FlElementFunction fl_element_neg;
extern const FlElementFunction fl_element_exp;
extern const FlElementFunction fl_element_log;
extern const FlElementFunction fl_element_abs;
extern const FlElementFunction fl_element_reciprocal;

/* out = a * in[0]; takes a FlElementParameters. */
void fl_row_scale (const void *parameters, int64_t n, float *restrict out, const float *const *in);
