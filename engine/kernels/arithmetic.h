#pragma once

#include "engine/kernels/strided-loop.h"

/*
 * Arithmetic of two operands on rows, without parameters: out = in[0] op in[1]. What is called a
 * term has in[0] = the gradient of the output, in[1] = a, in[2] = b, in[3] = the output, and gives
 * what belongs to the gradient of a or of b.
 */

/* How the gradients of an operation are made; NULL: the gradient of the output itself. */
typedef struct
{
  FlRowFunc forward;
  FlRowFunc term_a;
  FlRowFunc term_b;
  int cost;
} FlArithmetic;

extern const FlArithmetic fl_arithmetic_add;
extern const FlArithmetic fl_arithmetic_sub;
extern const FlArithmetic fl_arithmetic_mul;
extern const FlArithmetic fl_arithmetic_div;
extern const FlArithmetic fl_arithmetic_pow;

/* a to the power of 2, with the same derivatives as the general case. */
extern const FlArithmetic fl_arithmetic_square;

/* out = in[0] * in[1] + in[2] */
void fl_row_affine (const void *parameters, int64_t n, float *restrict out, const float *const *in);

/* out = in[0] * (in[1] - in[2]) * in[3] */
void fl_row_standardised (const void *parameters, int64_t n, float *restrict out,
                          const float *const *in);
