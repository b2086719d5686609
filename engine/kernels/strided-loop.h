#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/core/pool.h"

#define FL_LOOP_MAX_AXES 16
#define FL_LOOP_MAX_OPERANDS 6

/**
 * FlStridedLoop:
 *
 * A nest of loops over operands with strides of their own, in floats; stride 0 repeats an element.
 * Operand 0 is written, the others are read. Running a loop first drops axes of size 1, orders the
 * others by the leading operand's strides and merges neighbours that are contiguous for all
 * operands, so that dense operands of one layout become one flat loop.
 *
 * Work goes over the pool in tiles that depend on sizes only; a small loop stays on the calling
 * thread. No element of operand 0 may be reached twice, but by fl_strided_sum().
 */
typedef struct
{
  int n_axes;
  int64_t size[FL_LOOP_MAX_AXES];
  int n_operands;
  float *data[FL_LOOP_MAX_OPERANDS];
  int64_t stride[FL_LOOP_MAX_OPERANDS][FL_LOOP_MAX_AXES];
} FlStridedLoop;

/**
 * FlStridedFunc:
 * @n: elements of this piece of the innermost axis
 * @operands: where each operand stands
 * @strides: of each operand along the innermost axis
 */
typedef void (*FlStridedFunc) (const void *parameters, int64_t n, float *const *operands,
                               const int64_t *strides);

/**
 * FlRowFunc:
 * @parameters: what was given with the function
 * @out: @n elements, to be written
 * @in: operands 1 and on, @n elements each
 *
 * Element-wise work on dense rows. @out overlaps none of @in.
 */
typedef void (*FlRowFunc) (const void *parameters, int64_t n, float *restrict out,
                           const float *const *in);

/* Sizes at least 0, at most FL_LOOP_MAX_AXES of them. */
void fl_strided_loop_init (FlStridedLoop *loop, int n_axes, const int64_t *size);

/* Adds an operand, the written one first. @stride: one for each axis. */
void fl_strided_loop_add (FlStridedLoop *loop, const float *data, const int64_t *stride);

/* Orders the axes by operand @leading and merges them; all loops are run after that. */
void fl_strided_loop_simplify (FlStridedLoop *loop, int leading);

/* Product of the sizes. */
int64_t fl_strided_loop_count (const FlStridedLoop *loop);

/* The pieces of elements @start .. @end - 1 of a simplified loop, on the calling thread. */
void fl_strided_loop_range (const FlStridedLoop *loop, int64_t start, int64_t end,
                            FlStridedFunc func, const void *parameters);

/* Everything. @cost: of one element, in units of an addition. */
void fl_strided_loop_run (FlStridedLoop *loop, FlPool *pool, int64_t cost, FlStridedFunc func,
                          const void *parameters);

/* Everything, as dense rows. @add: results are added to operand 0 rather than put in its place. */
void fl_strided_loop_run_rows (FlStridedLoop *loop, FlPool *pool, int64_t cost, bool add,
                               FlRowFunc func, const void *parameters);

/* Operand 0 = operand 1. */
void fl_strided_copy (FlStridedLoop *loop, FlPool *pool);

/* Operand 0 += operand 1. */
void fl_strided_add (FlStridedLoop *loop, FlPool *pool);

/* Operand 0 = @value. */
void fl_strided_fill (FlStridedLoop *loop, FlPool *pool, float value);

/* Rows that stand apart are brought together here, in pieces of this many elements. */
#define FL_ROW_PIECE 256

/* @n elements of a row, at most FL_ROW_PIECE if @stride is not 1: those at @data, or copied to
 * @buffer. */
const float *fl_strided_row (const float *data, int64_t stride, int64_t n, float *buffer);
