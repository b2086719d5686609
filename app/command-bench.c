#include "app/command.h"

#include "engine/core/random.h"
#include "engine/saliency/profile.h"

/* A measure is repeated for this long, at least and at most so many times. */
#define SECONDS 1.0
#define MIN_RUNS 5
#define MAX_RUNS 200
#define SEED 1

static const FlTableColumn columns[] = {
  { "measure", FL_COLUMN_TEXT },
  { "min_ms", FL_COLUMN_DOUBLE },
  { "median_ms", FL_COLUMN_DOUBLE },
  { "runs", FL_COLUMN_INTEGER },
};

typedef struct
{
  const FlCommandRequest *request;
  FlCommandNetwork network;
  FlTensor *input;
  float *logit_gradient; /* of the largest logit: 1 there */
  int label;
  FlEditList *toggle; /* one filter off */
  gboolean is_off;
} Bench;

static void
bench_clear (Bench *bench)
{
  g_clear_pointer (&bench->toggle, fl_edit_list_unref);
  g_clear_pointer (&bench->logit_gradient, g_free);
  g_clear_pointer (&bench->input, fl_tensor_unref);
  fl_command_network_clear (&bench->network);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Bench, bench_clear)

typedef gboolean (*Work) (Bench *bench, GError **error);

static gboolean
load (Bench *bench, GError **error)
{
  g_autoptr (FlModel) model = fl_model_load (bench->request->model, error);
  g_autoptr (FlPlan) plan = NULL;

  if (model == NULL)
    return FALSE;
  plan = fl_plan_new (fl_model_graph (model), FL_PLAN_KEEP);
  return TRUE;
}

static gboolean
forward (Bench *bench, GError **error)
{
  return fl_execution_forward (bench->network.execution, bench->input, NULL, error);
}

/* Forward pass, loss and backward pass: what a profile costs from the picture on. */
static gboolean
profile (Bench *bench, GError **error)
{
  g_autoptr (FlProfile) result = NULL;

  if (!forward (bench, error))
    return FALSE;
  result = fl_profile_compute (bench->network.execution, bench->label, NULL, error);
  return result != NULL;
}

static gboolean
input_gradient (Bench *bench, GError **error)
{
  g_autoptr (FlGradients) gradients = NULL;

  if (!forward (bench, error))
    return FALSE;
  gradients = fl_execution_backward (bench->network.execution, bench->logit_gradient,
                                     FL_GRADIENT_INPUT, NULL, error);
  return gradients != NULL;
}

/* Switches the filter off if it is on, and on if it is off. */
static gboolean
toggle (Bench *bench, GError **error)
{
  FlExecution *execution = bench->network.execution;
  int first = fl_execution_set_edits (execution, bench->is_off ? NULL : bench->toggle);

  bench->is_off = !bench->is_off;
  return fl_execution_forward_from (execution, first, NULL, error);
}

static int
compare_times (gconstpointer a, gconstpointer b)
{
  double left = *(const double *) a, right = *(const double *) b;

  return left < right ? -1 : left > right;
}

/* Does @work once unmeasured, then often enough, and writes a row. */
static gboolean
measure (Bench *bench, FlTableWriter *writer, const char *name, Work work, GError **error)
{
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (double));
  gint64 start = g_get_monotonic_time ();
  int n;
  double median;

  if (!work (bench, error))
    return FALSE;
  do
    {
      gint64 before = g_get_monotonic_time ();
      double milliseconds;

      if (!work (bench, error))
        return FALSE;
      milliseconds = (double) (g_get_monotonic_time () - before) / 1000.0;
      g_array_append_val (times, milliseconds);
      n = (int) times->len;
    }
  while (
      n < MIN_RUNS
      || (n < MAX_RUNS && (double) (g_get_monotonic_time () - start) < SECONDS * G_USEC_PER_SEC));
  g_array_sort (times, compare_times);
  median
      = (g_array_index (times, double, (n - 1) / 2) + g_array_index (times, double, n / 2)) / 2.0;
  fl_table_writer_begin_row (writer);
  fl_table_writer_text (writer, name);
  fl_table_writer_double (writer, g_array_index (times, double, 0));
  fl_table_writer_double (writer, median);
  fl_table_writer_integer (writer, n);
  fl_table_writer_end_row (writer);
  return TRUE;
}

/* One filter of the layer that stands at @percent of the network's convolution layers. */
static gboolean
measure_toggle (Bench *bench, FlTableWriter *writer, int percent, GError **error)
{
  FlGraph *graph = fl_model_graph (bench->network.model);
  int n_layers = fl_graph_n_layers (graph);
  g_autofree char *name = g_strdup_printf ("toggle-%d", percent);
  FlEdit edit = { .kind = FL_EDIT_WEIGHTS };

  if (n_layers == 0)
    return TRUE;
  edit.filter = fl_graph_layer (graph, n_layers * percent / 100)->first_filter;
  bench->is_off = FALSE;
  g_clear_pointer (&bench->toggle, fl_edit_list_unref);
  bench->toggle = fl_edit_list_new (graph, 1, &edit, error);
  if (bench->toggle == NULL)
    return FALSE;
  fl_execution_set_edits (bench->network.execution, NULL);
  return forward (bench, error) && measure (bench, writer, name, toggle, error);
}

/* What is computed does not depend on what is in the picture, but it must be a picture of some
 * sort. */
static FlTensor *
make_input (FlGraph *graph)
{
  g_autoptr (FlRandom) random = fl_random_new (SEED);
  int channels, height, width;
  FlTensor *input;

  fl_graph_input_size (graph, &channels, &height, &width);
  input = fl_tensor_new (3, (gint64[]){ channels, height, width });
  for (gsize i = 0; i < fl_tensor_size (input); i++)
    fl_tensor_data_writable (input)[i] = (float) fl_random_normal (random);
  return input;
}

static gboolean
run (const FlCommandRequest *request, GError **error)
{
  g_auto (Bench) bench = { .request = request };
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (FlTableWriter) writer = NULL;
  g_autoptr (FlPrediction) prediction = NULL;
  FlGraph *graph;

  if (!fl_command_network_open (&bench.network, request, FL_PLAN_KEEP, error))
    return FALSE;
  graph = fl_model_graph (bench.network.model);
  bench.input = make_input (graph);
  if (!forward (&bench, error))
    return FALSE;
  prediction = fl_prediction_new (fl_graph_n_classes (graph),
                                  fl_execution_logits (bench.network.execution));
  bench.label = prediction->order[0];
  bench.logit_gradient = g_new0 (float, prediction->n_classes);
  bench.logit_gradient[bench.label] = 1;

  writer = fl_table_writer_new_for_string (request->format, text, columns, G_N_ELEMENTS (columns));
  return measure (&bench, writer, "load", load, error)
         && measure (&bench, writer, "forward", forward, error)
         && measure (&bench, writer, "profile", profile, error)
         && measure (&bench, writer, "input-gradient", input_gradient, error)
         && measure_toggle (&bench, writer, 25, error) && measure_toggle (&bench, writer, 50, error)
         && measure_toggle (&bench, writer, 75, error) && fl_table_writer_finish (writer, error)
         && fl_command_write (request, text, error);
}

const FlCommand fl_command_bench = {
  .name = "bench",
  .arguments = NULL,
  .summary = "Measure how long a network takes",
  .description
  = "Columns: measure, min_ms, median_ms, runs. Measures:\n"
    "  load            read the network and its card and make a plan\n"
    "  forward         one picture, from the input to the logits\n"
    "  profile         the saliency of every filter, from the input on\n"
    "  input-gradient  the gradient of the largest logit with respect to the input, forward pass "
    "included\n"
    "  toggle-25, -50, -75  switch a filter off or on again in the layer at that share of the\n"
    "                  depth, to the new logits",
  .options = FL_COMMAND_CSV,
  .needs_model = TRUE,
  .run = run,
};
