#include "engine/kernels/strided-loop.h"

#include <assert.h>
#include <string.h>

/* Additions in one tile: some ten microseconds, and what it touches stays in a near cache. */
#define TILE_COST 16384

void
fl_strided_loop_init (FlStridedLoop *loop, int n_axes, const int64_t *size)
{
  assert (n_axes <= FL_LOOP_MAX_AXES);
  loop->n_axes = n_axes;
  loop->n_operands = 0;
  for (int i = 0; i < n_axes; i++)
    loop->size[i] = size[i];
}

void
fl_strided_loop_add (FlStridedLoop *loop, const float *data, const int64_t *stride)
{
  int operand = loop->n_operands++;

  assert (operand < FL_LOOP_MAX_OPERANDS);
  loop->data[operand] = (float *) data;
  for (int i = 0; i < loop->n_axes; i++)
    loop->stride[operand][i] = stride[i];
}

static void
move_axis (FlStridedLoop *loop, int to, int from)
{
  loop->size[to] = loop->size[from];
  for (int i = 0; i < loop->n_operands; i++)
    loop->stride[i][to] = loop->stride[i][from];
}

static void
swap_axes (FlStridedLoop *loop, int a, int b)
{
  int64_t size = loop->size[a];

  loop->size[a] = loop->size[b];
  loop->size[b] = size;
  for (int i = 0; i < loop->n_operands; i++)
    {
      int64_t stride = loop->stride[i][a];

      loop->stride[i][a] = loop->stride[i][b];
      loop->stride[i][b] = stride;
    }
}

static int64_t
magnitude (int64_t x)
{
  return x < 0 ? -x : x;
}

/* Whether axis @a should lie outside of axis @b: by the leading operand, then by the others. */
static bool
is_outside (const FlStridedLoop *loop, int leading, int a, int b)
{
  for (int i = 0; i < loop->n_operands; i++)
    {
      int operand = (leading + i) % loop->n_operands;
      int64_t x = magnitude (loop->stride[operand][a]);
      int64_t y = magnitude (loop->stride[operand][b]);

      if (x != y)
        return x > y;
    }
  return false;
}

static bool
is_contiguous (const FlStridedLoop *loop, int outer, int inner)
{
  for (int i = 0; i < loop->n_operands; i++)
    if (loop->stride[i][outer] != loop->stride[i][inner] * loop->size[inner])
      return false;
  return true;
}

void
fl_strided_loop_simplify (FlStridedLoop *loop, int leading)
{
  int n = 0;

  for (int i = 0; i < loop->n_axes; i++)
    if (loop->size[i] != 1)
      move_axis (loop, n++, i);
  loop->n_axes = n;
  /* An axis that the leading operand walks backwards is walked from its other end. */
  for (int i = 0; i < n; i++)
    if (loop->stride[leading][i] < 0 && loop->size[i] > 0)
      for (int j = 0; j < loop->n_operands; j++)
        {
          loop->data[j] += (loop->size[i] - 1) * loop->stride[j][i];
          loop->stride[j][i] = -loop->stride[j][i];
        }
  for (int i = 1; i < n; i++)
    for (int j = i; j > 0 && is_outside (loop, leading, j, j - 1); j--)
      swap_axes (loop, j, j - 1);
  if (n > 0)
    {
      int last = 0;

      for (int i = 1; i < n; i++)
        if (is_contiguous (loop, last, i))
          {
            loop->size[i] *= loop->size[last];
            move_axis (loop, last, i);
          }
        else
          move_axis (loop, ++last, i);
      loop->n_axes = last + 1;
    }
  else
    {
      /* A single element is a dense row. */
      loop->n_axes = 1;
      loop->size[0] = 1;
      for (int i = 0; i < loop->n_operands; i++)
        loop->stride[i][0] = 1;
    }
}

int64_t
fl_strided_loop_count (const FlStridedLoop *loop)
{
  int64_t count = 1;

  for (int i = 0; i < loop->n_axes; i++)
    count *= loop->size[i];
  return count;
}

void
fl_strided_loop_range (const FlStridedLoop *loop, int64_t start, int64_t end, FlStridedFunc func,
                       const void *parameters)
{
  int inner = loop->n_axes - 1;
  int64_t at[FL_LOOP_MAX_AXES];
  int64_t strides[FL_LOOP_MAX_OPERANDS];
  float *data[FL_LOOP_MAX_OPERANDS];
  int64_t rest = start;

  if (start >= end)
    return;
  for (int i = inner; i >= 0; i--)
    {
      at[i] = rest % loop->size[i];
      rest /= loop->size[i];
    }
  for (int j = 0; j < loop->n_operands; j++)
    {
      data[j] = loop->data[j];
      strides[j] = loop->stride[j][inner];
      for (int i = 0; i <= inner; i++)
        data[j] += at[i] * loop->stride[j][i];
    }
  for (;;)
    {
      int64_t n = loop->size[inner] - at[inner];
      int axis = inner - 1;

      if (n > end - start)
        n = end - start;
      func (parameters, n, data, strides);
      start += n;
      if (start == end)
        return;
      /* Only the first piece can begin inside a row; every piece but the last ends its row. */
      for (int j = 0; j < loop->n_operands; j++)
        data[j] -= at[inner] * strides[j];
      at[inner] = 0;
      while (++at[axis] == loop->size[axis])
        {
          for (int j = 0; j < loop->n_operands; j++)
            data[j] -= (loop->size[axis] - 1) * loop->stride[j][axis];
          at[axis--] = 0;
        }
      for (int j = 0; j < loop->n_operands; j++)
        data[j] += loop->stride[j][axis];
    }
}

typedef struct
{
  const FlStridedLoop *loop;
  int64_t count;
  int64_t tile;
  FlStridedFunc func;
  const void *parameters;
} Run;

static void
run_tile (void *data, int task, int worker)
{
  const Run *run = data;
  int64_t start = task * run->tile;
  int64_t end = start + run->tile < run->count ? start + run->tile : run->count;

  (void) worker;
  fl_strided_loop_range (run->loop, start, end, run->func, run->parameters);
}

static void
run_simplified (const FlStridedLoop *loop, FlPool *pool, int64_t cost, FlStridedFunc func,
                const void *parameters)
{
  Run run
      = { loop, fl_strided_loop_count (loop), TILE_COST / (cost > 0 ? cost : 1), func, parameters };

  if (run.tile < 1)
    run.tile = 1;
  /* Whole rows where they are short. */
  if (loop->size[loop->n_axes - 1] > 0 && run.tile > loop->size[loop->n_axes - 1])
    run.tile -= run.tile % loop->size[loop->n_axes - 1];
  if (run.count <= run.tile)
    fl_strided_loop_range (loop, 0, run.count, func, parameters);
  else
    fl_pool_run (pool, (int) ((run.count + run.tile - 1) / run.tile), run_tile, &run);
}

void
fl_strided_loop_run (FlStridedLoop *loop, FlPool *pool, int64_t cost, FlStridedFunc func,
                     const void *parameters)
{
  fl_strided_loop_simplify (loop, 0);
  run_simplified (loop, pool, cost, func, parameters);
}

typedef struct
{
  int n_operands;
  bool add;
  FlRowFunc func;
  const void *parameters;
} Rows;

const float *
fl_strided_row (const float *data, int64_t stride, int64_t n, float *buffer)
{
  if (stride == 1)
    return data;
  if (stride == 0)
    for (int64_t i = 0; i < n; i++)
      buffer[i] = data[0];
  else
    for (int64_t i = 0; i < n; i++)
      buffer[i] = data[i * stride];
  return buffer;
}

static void
write_piece (float *out, int64_t stride, int64_t n, const float *piece, bool add)
{
  if (!add)
    for (int64_t i = 0; i < n; i++)
      out[i * stride] = piece[i];
  else if (stride == 1)
    for (int64_t i = 0; i < n; i++)
      out[i] += piece[i];
  else
    for (int64_t i = 0; i < n; i++)
      out[i * stride] += piece[i];
}

static void
run_row (const void *parameters, int64_t n, float *const *operands, const int64_t *strides)
{
  const Rows *rows = parameters;
  float buffers[FL_LOOP_MAX_OPERANDS][FL_ROW_PIECE];
  const float *in[FL_LOOP_MAX_OPERANDS];
  bool dense = !rows->add;

  for (int j = 0; j < rows->n_operands; j++)
    dense = dense && strides[j] == 1;
  if (dense)
    {
      rows->func (rows->parameters, n, operands[0], (const float *const *) operands + 1);
      return;
    }
  for (int64_t start = 0; start < n; start += FL_ROW_PIECE)
    {
      int64_t piece = n - start < FL_ROW_PIECE ? n - start : FL_ROW_PIECE;
      float *out = operands[0] + start * strides[0];

      for (int j = 1; j < rows->n_operands; j++)
        if (strides[j] != 0 || start == 0)
          in[j - 1]
              = fl_strided_row (operands[j] + start * strides[j], strides[j], piece, buffers[j]);
      if (strides[0] == 1 && !rows->add)
        rows->func (rows->parameters, piece, out, in);
      else
        {
          rows->func (rows->parameters, piece, buffers[0], in);
          write_piece (out, strides[0], piece, buffers[0], rows->add);
        }
    }
}

void
fl_strided_loop_run_rows (FlStridedLoop *loop, FlPool *pool, int64_t cost, bool add, FlRowFunc func,
                          const void *parameters)
{
  Rows rows = { loop->n_operands, add, func, parameters };

  fl_strided_loop_run (loop, pool, cost, run_row, &rows);
}

static void
copy_row (const void *parameters, int64_t n, float *const *operands, const int64_t *strides)
{
  float *restrict to = operands[0];
  const float *from = operands[1];

  (void) parameters;
  if (strides[0] == 1 && strides[1] == 1)
    memcpy (to, from, (size_t) n * sizeof *to);
  else if (strides[0] == 1)
    for (int64_t i = 0; i < n; i++)
      to[i] = from[i * strides[1]];
  else
    for (int64_t i = 0; i < n; i++)
      to[i * strides[0]] = from[i * strides[1]];
}

void
fl_strided_copy (FlStridedLoop *loop, FlPool *pool)
{
  fl_strided_loop_run (loop, pool, 1, copy_row, NULL);
}

static void
add_row (const void *parameters, int64_t n, float *const *operands, const int64_t *strides)
{
  float *restrict to = operands[0];
  const float *from = operands[1];

  (void) parameters;
  if (strides[0] == 1 && strides[1] == 1)
    for (int64_t i = 0; i < n; i++)
      to[i] += from[i];
  else
    for (int64_t i = 0; i < n; i++)
      to[i * strides[0]] += from[i * strides[1]];
}

void
fl_strided_add (FlStridedLoop *loop, FlPool *pool)
{
  fl_strided_loop_run (loop, pool, 1, add_row, NULL);
}

static void
fill_row (const void *parameters, int64_t n, float *const *operands, const int64_t *strides)
{
  float value = *(const float *) parameters;

  for (int64_t i = 0; i < n; i++)
    operands[0][i * strides[0]] = value;
}

void
fl_strided_fill (FlStridedLoop *loop, FlPool *pool, float value)
{
  fl_strided_loop_run (loop, pool, 1, fill_row, &value);
}
