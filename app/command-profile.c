#include "app/command.h"
#include "engine/saliency/profile.h"

static const FlTableColumn columns[] = {
  { "layer", FL_COLUMN_TEXT },
  { "filter", FL_COLUMN_INTEGER },
  { "saliency", FL_COLUMN_DOUBLE },
};

static gboolean
run (const FlCommandRequest *request, GError **error)
{
  g_auto (FlCommandNetwork) network = { 0 };
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (FlTableWriter) writer = NULL;
  g_autoptr (FlPrediction) prediction = NULL;
  g_autoptr (FlProfile) profile = NULL;
  FlGraph *graph;
  int label;

  if (!fl_command_network_open (&network, request, FL_PLAN_KEEP, error))
    return FALSE;
  graph = fl_model_graph (network.model);
  prediction = fl_command_network_predict (&network, request->inputs[0], error);
  if (prediction == NULL
      || !fl_command_find_label (request, network.model, prediction, &label, error))
    return FALSE;
  profile = fl_profile_compute (network.execution, label, NULL, error);
  if (profile == NULL)
    return FALSE;
  writer = fl_table_writer_new_for_string (request->format, text, columns, G_N_ELEMENTS (columns));
  for (int i = 0; i < fl_graph_n_layers (graph); i++)
    {
      const FlLayer *layer = fl_graph_layer (graph, i);

      for (int k = 0; k < layer->n_filters; k++)
        {
          fl_table_writer_begin_row (writer);
          fl_table_writer_text (writer, layer->name);
          fl_table_writer_integer (writer, k);
          fl_table_writer_double (writer, profile->saliency[layer->first_filter + k]);
          fl_table_writer_end_row (writer);
        }
    }
  return fl_table_writer_finish (writer, error) && fl_command_write (request, text, error);
}

const FlCommand fl_command_profile = {
  .name = "profile",
  .arguments = "INPUT",
  .summary = "Compute the saliency of every filter for one picture",
  .description
  = "Columns: layer, filter, saliency; in the order of the filters in the network.\nThe "
    "saliency of a filter is the mean of |dL/dw| over its weights, L being the "
    "cross-entropy at the label.",
  .options = FL_COMMAND_LABEL,
  .needs_model = TRUE,
  .min_inputs = 1,
  .max_inputs = 1,
  .run = run,
};
