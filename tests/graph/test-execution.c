#include "engine/graph/execution.h"

#include <math.h>

#include "engine/core/error.h"
#include "tests/support/small-network.h"

/* Central differences of a float32 network at a step of 1/64, of the largest entry. */
#define DIFFERENCE_TOLERANCE 2e-2

/* float32 rounding of sums that are made in another order. */
#define ROUNDING 1e-5

typedef struct
{
  FlGraph *graph; /* owned, like the rest */
  FlPlan *plan;
  FlPool *pool;
  FlExecution *execution;
  FlTensor *input;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->graph = fl_test_small_network (40);
  f->plan = fl_plan_new (f->graph, FL_PLAN_KEEP);
  f->pool = fl_pool_new (2);
  f->execution = fl_execution_new (f->plan, f->pool);
  f->input = fl_test_random_tensor (7, 3, (const gint64[]){ 3, 9, 8 });
  fl_execution_forward (f->execution, f->input, NULL, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  fl_execution_free (f->execution);
  fl_plan_unref (f->plan);
  fl_graph_unref (f->graph);
  fl_tensor_unref (f->input);
  fl_pool_free (f->pool);
}

static float *
copy_logits (FlExecution *execution)
{
  return g_memdup2 (fl_execution_logits (execution), 4 * sizeof (float));
}

static void
lay_edits (Fixture *f, int n, const FlEdit *edits)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FlEditList) list = n > 0 ? fl_edit_list_new (f->graph, n, edits, &error) : NULL;
  int first = 0;

  g_assert_no_error (error);
  first = fl_execution_set_edits (f->execution, list);
  fl_execution_forward_from (f->execution, first, NULL, &error);
  g_assert_no_error (error);
}

/* What a fresh execution with the same edits gives, computed whole. */
static void
assert_same_as_whole (Fixture *f)
{
  g_autoptr (FlExecution) fresh = fl_execution_new (f->plan, f->pool);
  g_autoptr (GError) error = NULL;

  fl_execution_set_edits (fresh, fl_execution_edits (f->execution));
  fl_execution_forward (fresh, f->input, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (fl_execution_logits (fresh), 4 * sizeof (float),
                   fl_execution_logits (f->execution), 4 * sizeof (float));
}

static void
test_layers (Fixture *f, gconstpointer data)
{
  const char *names[] = { "stem", "left", "right", "again" };
  const int filters[] = { 6, 5, 5, 5 };
  int total = 0;

  g_assert_cmpint (fl_graph_n_layers (f->graph), ==, 4);
  for (int i = 0; i < 4; i++)
    {
      const FlLayer *layer = fl_graph_layer (f->graph, i);

      g_assert_cmpstr (layer->name, ==, names[i]);
      g_assert_cmpint (layer->first_filter, ==, total);
      for (int j = 0; j < filters[i]; j++)
        g_assert_cmpint (fl_graph_layer_of_filter (f->graph, total + j), ==, i);
      total += filters[i];
    }
  g_assert_cmpint (fl_graph_n_filters (f->graph), ==, total);
  g_assert_cmpint (fl_graph_layer (f->graph, 3)->n_operators, ==, 2);
  g_assert_cmpint (fl_graph_layer (f->graph, 2)->n_parameters, ==, 5 * 6 * 9 + 5);
  /* stem, its scale and shift, left, right, again, classifier: no running statistics */
  g_assert_cmpint (fl_graph_n_parameters (f->graph), ==, 162 + 12 + 30 + 275 + 225 + 24);
}

/* After any walk over edits: the bytes of a whole pass; after the last undo: the first bytes. */
static void
test_edits (Fixture *f, gconstpointer data)
{
  g_autofree float *before = copy_logits (f->execution);
  g_autoptr (FlTensor) weights = fl_test_random_tensor (3, 3, (const gint64[]){ 5, 3, 3 });
  const FlEdit edits[] = {
    { .filter = 2, .kind = FL_EDIT_WEIGHTS },
    { .filter = 7, .kind = FL_EDIT_SILENT },
    { .filter = 17, .kind = FL_EDIT_WEIGHTS, .weights = weights },
    { .filter = 0, .kind = FL_EDIT_SILENT },
    { .filter = 7, .kind = FL_EDIT_WEIGHTS },
  };

  for (int n = 1; n <= (int) G_N_ELEMENTS (edits); n++)
    {
      lay_edits (f, n, edits);
      assert_same_as_whole (f);
    }
  g_assert_cmpint (fl_edit_list_length (fl_execution_edits (f->execution)), ==, 4);
  for (int n = (int) G_N_ELEMENTS (edits); n >= 1; n--)
    {
      lay_edits (f, n, edits);
      assert_same_as_whole (f);
    }
  lay_edits (f, 0, NULL);
  g_assert_cmpmem (before, 4 * sizeof (float), fl_execution_logits (f->execution),
                   4 * sizeof (float));
}

static void
test_first_changed (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  const FlEdit edit = { .filter = 17, .kind = FL_EDIT_WEIGHTS };
  g_autoptr (FlEditList) list = fl_edit_list_new (f->graph, 1, &edit, &error);
  int first = fl_execution_set_edits (f->execution, list);

  g_assert_cmpstr (fl_graph_operator_name (f->graph, first), ==, "again-1");
  g_assert_cmpint (fl_execution_set_edits (f->execution, list), ==,
                   fl_graph_n_operators (f->graph));
  /* The change is still computed, although the last call changed nothing. */
  fl_execution_forward_from (f->execution, fl_graph_n_operators (f->graph), NULL, &error);
  g_assert_no_error (error);
  assert_same_as_whole (f);
}

/*
 * Zeroed weights leave the constant that the normalisation adds, silence leaves nothing: a filter
 * whose shift is positive still speaks after the first.
 */
static void
test_weights_and_silence_differ (Fixture *f, gconstpointer data)
{
  g_autofree float *zeroed = NULL;
  int filter = -1;

  for (int w = 0; w < fl_graph_n_weights (f->graph) && filter < 0; w++)
    if (g_str_equal (fl_graph_weight_name (f->graph, w), "stem_bn.bias"))
      for (int i = 0; i < 6; i++)
        if (fl_tensor_data (fl_graph_weight (f->graph, w))[i] > .2F)
          filter = i;
  g_assert_cmpint (filter, >=, 0);
  lay_edits (f, 1, &(FlEdit){ .filter = filter, .kind = FL_EDIT_WEIGHTS });
  zeroed = copy_logits (f->execution);
  lay_edits (f, 1, &(FlEdit){ .filter = filter, .kind = FL_EDIT_SILENT });
  g_assert_cmpfloat (fabsf (zeroed[0] - fl_execution_logits (f->execution)[0]), >, 1e-3F);
}

static void
test_bad_edits (Fixture *f, gconstpointer data)
{
  const int filters[] = { -1, 21 };
  g_autoptr (FlTensor) weights = fl_test_random_tensor (3, 3, (const gint64[]){ 5, 3, 2 });
  const FlEdit wrong = { .filter = 17, .kind = FL_EDIT_WEIGHTS, .weights = weights };
  g_autoptr (GError) shape = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (filters); i++)
    {
      const FlEdit edit = { .filter = filters[i] };
      g_autoptr (GError) error = NULL;

      g_assert_null (fl_edit_list_new (f->graph, 1, &edit, &error));
      g_assert_error (error, FL_ERROR, FL_ERROR_RANGE);
    }
  g_assert_null (fl_edit_list_new (f->graph, 1, &wrong, &shape));
  g_assert_error (shape, FL_ERROR, FL_ERROR_SHAPE);
}

static void
test_wrong_input (Fixture *f, gconstpointer data)
{
  g_autofree float *before = copy_logits (f->execution);
  g_autoptr (FlTensor) input = fl_tensor_new (3, (const gint64[]){ 3, 8, 9 });
  g_autoptr (GError) error = NULL;

  g_assert_false (fl_execution_forward (f->execution, input, NULL, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_SHAPE);
  g_assert_nonnull (strstr (error->message, "3x8x9"));
  g_assert_cmpmem (before, 4 * sizeof (float), fl_execution_logits (f->execution),
                   4 * sizeof (float));
}

/* A cancelled pass fails, and the next one computes what it left. */
static void
test_cancelled (Fixture *f, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) backward_error = NULL;
  const FlEdit edit = { .filter = 3, .kind = FL_EDIT_WEIGHTS };
  g_autoptr (FlEditList) list = fl_edit_list_new (f->graph, 1, &edit, NULL);
  const float gradient[4] = { 1 };
  int first = fl_execution_set_edits (f->execution, list);

  g_cancellable_cancel (cancellable);
  g_assert_false (fl_execution_forward_from (f->execution, first, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (fl_execution_backward (f->execution, gradient, FL_GRADIENT_INPUT, cancellable,
                                        &backward_error));
  g_assert_error (backward_error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  fl_execution_forward_from (f->execution, fl_graph_n_operators (f->graph), NULL, &error);
  g_assert_no_error (error);
  assert_same_as_whole (f);
}

/* The reduced gradient is the mean of |dW|, in layers of one and of two operators alike. */
static void
test_filters_are_means (Fixture *f, gconstpointer data)
{
  const float gradient[4] = { 1, -.5F, .25F, 0 };
  g_autoptr (FlGradients) both = fl_execution_backward (
      f->execution, gradient, FL_GRADIENT_FILTERS | FL_GRADIENT_WEIGHTS, NULL, NULL);
  g_autoptr (FlGradients) alone
      = fl_execution_backward (f->execution, gradient, FL_GRADIENT_FILTERS, NULL, NULL);

  for (int i = 0; i < fl_graph_n_filters (f->graph); i++)
    {
      const FlLayer *layer = fl_graph_layer (f->graph, fl_graph_layer_of_filter (f->graph, i));
      const FlTensor *dw = both->weights->pdata[layer->weight];
      double mean = 0;

      for (int k = 0; k < layer->filter_size; k++)
        mean += fabsf (fl_tensor_data (dw)[(i - layer->first_filter) * layer->filter_size + k])
                / (double) layer->filter_size;
      g_assert_cmpfloat (mean, >, 0);
      g_assert_cmpfloat_with_epsilon (both->filters[i], mean, ROUNDING * mean);
      g_assert_cmpfloat (both->filters[i], ==, alone->filters[i]);
    }
  g_assert_null (both->input);
  g_assert_null (alone->weights);
  for (int w = 0; w < fl_graph_n_weights (f->graph); w++)
    g_assert_true ((strstr (fl_graph_weight_name (f->graph, w), "running") != NULL)
                   == (both->weights->pdata[w] == NULL));
}

/* Edited and silent filters: the gradient at the new weights, none at the silent. */
static void
test_gradient_of_edited (Fixture *f, gconstpointer data)
{
  const float gradient[4] = { 1, -1, .5F, 0 };
  const FlEdit edits[] = {
    { .filter = 6, .kind = FL_EDIT_SILENT },
    { .filter = 12, .kind = FL_EDIT_WEIGHTS },
    { .filter = 1, .kind = FL_EDIT_SILENT },
  };
  g_autoptr (FlGradients) gradients = NULL;

  lay_edits (f, 3, edits);
  gradients = fl_execution_backward (f->execution, gradient, FL_GRADIENT_FILTERS, NULL, NULL);
  g_assert_cmpfloat (gradients->filters[6], ==, 0);
  g_assert_cmpfloat (gradients->filters[1], ==, 0);
  g_assert_cmpfloat (gradients->filters[12], >, 0);
}

/* d <gradient, logits> / d input against central differences of the network itself. */
static void
test_input_gradient (Fixture *f, gconstpointer data)
{
  const float gradient[4] = { .5F, -1, .25F, 1 };
  const float step = 1.F / 64;
  g_autoptr (FlGradients) gradients
      = fl_execution_backward (f->execution, gradient, FL_GRADIENT_INPUT, NULL, NULL);
  double scale = 0;

  for (gsize i = 0; i < fl_tensor_size (gradients->input); i++)
    scale = fmax (scale, fabsf (fl_tensor_data (gradients->input)[i]));
  for (gsize i = 0; i < fl_tensor_size (f->input); i += 13)
    {
      float *value = &fl_tensor_data_writable (f->input)[i];
      float kept = *value;
      double difference = 0;

      for (int side = -1; side <= 1; side += 2)
        {
          *value = kept + (float) side * step;
          fl_execution_forward (f->execution, f->input, NULL, NULL);
          for (int c = 0; c < 4; c++)
            difference += side * (double) gradient[c] * fl_execution_logits (f->execution)[c];
        }
      *value = kept;
      g_assert_cmpfloat_with_epsilon (difference / (2 * (double) step),
                                      fl_tensor_data (gradients->input)[i],
                                      DIFFERENCE_TOLERANCE * scale);
    }
}

#define ADD(name, test)                                                                            \
  g_test_add ("/graph/execution/" name, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("layers", test_layers);
  ADD ("edits", test_edits);
  ADD ("first-changed", test_first_changed);
  ADD ("weights-and-silence-differ", test_weights_and_silence_differ);
  ADD ("bad-edits", test_bad_edits);
  ADD ("wrong-input", test_wrong_input);
  ADD ("cancelled", test_cancelled);
  ADD ("filters-are-means", test_filters_are_means);
  ADD ("gradient-of-edited", test_gradient_of_edited);
  ADD ("input-gradient", test_input_gradient);
  return g_test_run ();
}
