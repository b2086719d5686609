#include "engine/graph/operator-families.h"

#include <string.h>

#include "engine/graph/view-loop.h"
#include "engine/kernels/softmax.h"

typedef struct
{
  int axis;
  gboolean logarithm;
} Parameters;

static gboolean
prepare (const FlOperatorRequest *request, FlShape *outputs, gpointer *parameters, GError **error)
{
  const FlShape *x = &request->inputs[0];
  int axis = 0;
  Parameters *p = NULL;

  if (!fl_axis_from_attribute (request, fl_attribute_int (request, "axis", -1), x->rank, &axis,
                               error))
    return FALSE;
  outputs[0] = *x;
  p = g_new0 (Parameters, 1);
  p->axis = axis;
  p->logarithm = strcmp (request->type, "LogSoftmax") == 0;
  *parameters = p;
  return TRUE;
}

/* A loop over all axes but that of the softmax. */
static void
set_up (const FlRun *run, const FlView *const *views, int n_views, FlStridedLoop *loop,
        FlSoftmax *softmax)
{
  const Parameters *p = run->parameters;
  FlShape others = views[0]->shape;

  *softmax = (FlSoftmax){ .n = others.size[p->axis], .logarithm = p->logarithm };
  others.size[p->axis] = 1;
  fl_view_loop_init (loop, &others);
  for (int i = 0; i < n_views; i++)
    {
      fl_view_loop_add (loop, views[i]);
      softmax->stride[i] = views[i]->stride[p->axis];
    }
}

static void
forward (const FlRun *run)
{
  const FlView *views[] = { &run->outputs[0], &run->inputs[0] };
  FlStridedLoop loop;
  FlSoftmax softmax;

  set_up (run, views, G_N_ELEMENTS (views), &loop, &softmax);
  fl_softmax (&loop, run->pool, &softmax);
}

static void
backward (const FlRun *run)
{
  const FlView *views[] = { &run->input_gradients[0], &run->output_gradients[0], &run->outputs[0] };
  FlStridedLoop loop;
  FlSoftmax softmax;

  if (run->input_gradients[0].data == NULL)
    return;
  set_up (run, views, G_N_ELEMENTS (views), &loop, &softmax);
  fl_softmax_gradient (&loop, run->pool, &softmax);
}

#define SOFTMAX(name)                                                                              \
  {                                                                                                \
    .type = name, .min_inputs = 1, .max_inputs = 1, .layout = FL_LAYOUT_FOLLOW,                    \
    .prepare = prepare, .forward = forward, .backward = backward                                   \
  }

static const FlOperatorRecord records[] = {
  SOFTMAX ("Softmax"),
  SOFTMAX ("LogSoftmax"),
};

const FlOperatorRecord *
fl_softmax_records (int *n)
{
  *n = G_N_ELEMENTS (records);
  return records;
}
