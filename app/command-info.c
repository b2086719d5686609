#include "app/command.h"

static const FlTableColumn columns[] = {
  { "layer", FL_COLUMN_TEXT },
  { "filters", FL_COLUMN_INTEGER },
  { "filter_size", FL_COLUMN_INTEGER },
  { "stride", FL_COLUMN_INTEGER },
  { "output_height", FL_COLUMN_INTEGER },
  { "output_width", FL_COLUMN_INTEGER },
  { "parameters", FL_COLUMN_INTEGER },
  { "multiply_adds", FL_COLUMN_INTEGER },
};
#define STRIDE_COLUMN 3

static gboolean
has_uneven_stride (FlGraph *graph)
{
  for (int i = 0; i < fl_graph_n_layers (graph); i++)
    {
      const FlLayer *layer = fl_graph_layer (graph, i);

      if (layer->stride_height != layer->stride_width)
        return TRUE;
    }
  return FALSE;
}

static void
write_layer (FlTableWriter *writer, const FlLayer *layer, gboolean stride_is_text)
{
  fl_table_writer_begin_row (writer);
  fl_table_writer_text (writer, layer->name);
  fl_table_writer_integer (writer, layer->n_filters);
  fl_table_writer_integer (writer, layer->filter_size);
  if (stride_is_text)
    {
      g_autofree char *stride
          = g_strdup_printf ("%dx%d", layer->stride_height, layer->stride_width);

      fl_table_writer_text (writer, stride);
    }
  else
    fl_table_writer_integer (writer, layer->stride_height);
  fl_table_writer_integer (writer, layer->output_height);
  fl_table_writer_integer (writer, layer->output_width);
  fl_table_writer_integer (writer, layer->n_parameters);
  fl_table_writer_integer (writer, layer->n_multiply_adds);
  fl_table_writer_end_row (writer);
}

static gboolean
run (const FlCommandRequest *request, GError **error)
{
  g_autoptr (FlModel) model = fl_model_load (request->model, error);
  g_autoptr (FlTableWriter) writer = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  FlTableColumn with_stride[G_N_ELEMENTS (columns)];
  gboolean stride_is_text;
  FlGraph *graph;
  const char *const *notes;
  int channels, height, width;

  if (model == NULL)
    return FALSE;
  graph = fl_model_graph (model);
  notes = fl_model_notes (model);
  /* A stride is a number where both directions agree in every layer, else "2x1". */
  stride_is_text = has_uneven_stride (graph);
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    with_stride[i] = columns[i];
  if (stride_is_text)
    with_stride[STRIDE_COLUMN].type = FL_COLUMN_TEXT;
  writer = fl_table_writer_new_for_string (request->format, text, with_stride,
                                           G_N_ELEMENTS (with_stride));
  for (int i = 0; i < fl_graph_n_layers (graph); i++)
    write_layer (writer, fl_graph_layer (graph, i), stride_is_text);
  if (!fl_table_writer_finish (writer, error) || !fl_command_write (request, text, error))
    return FALSE;

  fl_graph_input_size (graph, &channels, &height, &width);
  for (int i = 0; notes[i] != NULL; i++)
    fl_command_say (request, "%s", notes[i]);
  fl_command_say (request,
                  "%s: %d layers, %d filters, %d operators, %" G_GINT64_FORMAT
                  " parameters, %" G_GINT64_FORMAT " multiply-adds, input %dx%dx%d, %d classes, "
                  "no unsupported operators",
                  fl_model_name (model), fl_graph_n_layers (graph), fl_graph_n_filters (graph),
                  fl_graph_n_operators (graph), fl_graph_n_parameters (graph),
                  fl_graph_n_multiply_adds (graph), channels, height, width,
                  fl_graph_n_classes (graph));
  return TRUE;
}

const FlCommand fl_command_info = {
  .name = "info",
  .arguments = NULL,
  .summary = "List the convolution layers of a network",
  .description
  = "Columns: layer, filters, filter_size (weights in one filter), stride, output_height, "
    "output_width, parameters, multiply_adds.\nTotals, and operators that are not "
    "supported, are told on standard error.",
  .needs_model = TRUE,
  .run = run,
};
