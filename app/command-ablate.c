#include "app/command.h"
#include "app/filter-selection.h"

static const FlTableColumn columns[] = {
  { "class", FL_COLUMN_INTEGER },      { "label", FL_COLUMN_TEXT },
  { "logit_before", FL_COLUMN_FLOAT }, { "probability_before", FL_COLUMN_DOUBLE },
  { "logit_after", FL_COLUMN_FLOAT },  { "probability_after", FL_COLUMN_DOUBLE },
};

static FlEditList *
make_edits (const FlCommandRequest *request, FlGraph *graph, GError **error)
{
  g_autoptr (GArray) filters = g_array_new (FALSE, FALSE, sizeof (int));
  g_autofree FlEdit *edits = NULL;

  for (int i = 0; request->off[i] != NULL; i++)
    if (!fl_filter_selection_parse (graph, request->off[i], filters, error))
      {
        g_prefix_error (error, "--off: ");
        return NULL;
      }
  edits = g_new0 (FlEdit, filters->len);
  for (guint i = 0; i < filters->len; i++)
    {
      edits[i].filter = g_array_index (filters, int, i);
      edits[i].kind = request->mode;
    }
  return fl_edit_list_new (graph, (int) filters->len, edits, error);
}

static gboolean
run (const FlCommandRequest *request, GError **error)
{
  g_auto (FlCommandNetwork) network = { 0 };
  g_autoptr (FlPrediction) before = NULL;
  g_autoptr (FlPrediction) after = NULL;
  g_autoptr (FlEditList) edits = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (FlTableWriter) writer = NULL;

  if (!fl_command_network_open (&network, request, FL_PLAN_KEEP, error))
    return FALSE;
  edits = make_edits (request, fl_model_graph (network.model), error);
  if (edits == NULL)
    return FALSE;
  before = fl_command_network_predict (&network, request->inputs[0], error);
  if (before == NULL)
    return FALSE;
  after = fl_command_network_edit (&network, edits, error);
  if (after == NULL)
    return FALSE;

  writer = fl_table_writer_new_for_string (request->format, text, columns, G_N_ELEMENTS (columns));
  for (int k = 0; k < MIN (request->top, before->n_classes); k++)
    {
      int class = before->order[k];

      fl_table_writer_begin_row (writer);
      fl_table_writer_integer (writer, class);
      fl_table_writer_text (writer, fl_model_label (network.model, class));
      fl_table_writer_float (writer, before->logits[class]);
      fl_table_writer_double (writer, before->probabilities[class]);
      fl_table_writer_float (writer, after->logits[class]);
      fl_table_writer_double (writer, after->probabilities[class]);
      fl_table_writer_end_row (writer);
    }
  return fl_table_writer_finish (writer, error) && fl_command_write (request, text, error);
}

const FlCommand fl_command_ablate = {
  .name = "ablate",
  .arguments = "INPUT",
  .summary = "Switch filters off and see the prediction change",
  .description
  = "Columns: class, label, logit_before, probability_before, logit_after, probability_after;\nthe "
    "most probable class before comes first.\nIn mode weights a filter's weights become 0 and its "
    "bias stays; in mode silent its channel\nis 0 after the convolution, and after its "
    "normalisation where nothing else reads it.",
  .options = FL_COMMAND_TOP | FL_COMMAND_OFF,
  .needs_model = TRUE,
  .min_inputs = 1,
  .max_inputs = 1,
  .run = run,
};
