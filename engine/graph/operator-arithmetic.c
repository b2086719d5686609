#include "engine/graph/operator-families.h"

#include <string.h>

#include "engine/graph/view-loop.h"
#include "engine/kernels/arithmetic.h"
#include "engine/kernels/strided-sum.h"

static gboolean
prepare (const FlOperatorRequest *request, FlShape *outputs, gpointer *parameters, GError **error)
{
  return fl_shape_broadcast (request, &request->inputs[0], &request->inputs[1], &outputs[0], error);
}

static const FlArithmetic *
find_arithmetic (const FlRun *run)
{
  const FlView *b = &run->inputs[1];

  switch (run->type[0])
    {
    case 'A':
      return &fl_arithmetic_add;
    case 'S':
      return &fl_arithmetic_sub;
    case 'M':
      return &fl_arithmetic_mul;
    case 'D':
      return &fl_arithmetic_div;
    default:
      g_assert (strcmp (run->type, "Pow") == 0);
      /* By far the most frequent exponent; as it may be edited, it is looked at in every pass. */
      if (fl_shape_count (&b->shape) == 1 && b->data[0] == 2.0f)
        return &fl_arithmetic_square;
      return &fl_arithmetic_pow;
    }
}

static void
forward (const FlRun *run)
{
  const FlArithmetic *arithmetic = find_arithmetic (run);
  FlStridedLoop loop;

  fl_view_loop_init (&loop, &run->outputs[0].shape);
  fl_view_loop_add (&loop, &run->outputs[0]);
  fl_view_loop_add (&loop, &run->inputs[0]);
  fl_view_loop_add (&loop, &run->inputs[1]);
  fl_strided_loop_run_rows (&loop, run->pool, arithmetic->cost, false, arithmetic->forward, NULL);
}

/* An operand that was repeated gets the sum over its copies. */
static void
add_gradient (const FlRun *run, const FlView *gradient, const FlArithmetic *arithmetic,
              FlRowFunc term)
{
  FlStridedLoop loop;

  if (gradient->data == NULL)
    return;
  fl_view_loop_init (&loop, &run->outputs[0].shape);
  fl_view_loop_add (&loop, gradient);
  fl_view_loop_add (&loop, &run->output_gradients[0]);
  if (term != NULL)
    {
      fl_view_loop_add (&loop, &run->inputs[0]);
      fl_view_loop_add (&loop, &run->inputs[1]);
      fl_view_loop_add (&loop, &run->outputs[0]);
    }
  if (fl_shape_count (&gradient->shape) < fl_shape_count (&run->outputs[0].shape))
    fl_strided_sum (&loop, run->pool, term, NULL, 1, true,
                    fl_scratch_doubles (run->scratch, fl_strided_sum_workspace (&loop)));
  else if (term == NULL)
    fl_strided_add (&loop, run->pool);
  else
    fl_strided_loop_run_rows (&loop, run->pool, arithmetic->cost, true, term, NULL);
}

static void
backward (const FlRun *run)
{
  const FlArithmetic *arithmetic = find_arithmetic (run);

  add_gradient (run, &run->input_gradients[0], arithmetic, arithmetic->term_a);
  add_gradient (run, &run->input_gradients[1], arithmetic, arithmetic->term_b);
}

#define ARITHMETIC(name)                                                                           \
  {                                                                                                \
    .type = name, .min_inputs = 2, .max_inputs = 2, .layout = FL_LAYOUT_FOLLOW,                    \
    .prepare = prepare, .forward = forward, .backward = backward                                   \
  }

static const FlOperatorRecord records[] = {
  ARITHMETIC ("Add"), ARITHMETIC ("Sub"), ARITHMETIC ("Mul"),
  ARITHMETIC ("Div"), ARITHMETIC ("Pow"),
};

const FlOperatorRecord *
fl_arithmetic_records (int *n)
{
  *n = G_N_ELEMENTS (records);
  return records;
}
