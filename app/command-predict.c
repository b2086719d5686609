#include "app/command.h"

static const FlTableColumn columns[] = {
  { "input", FL_COLUMN_TEXT },  { "class", FL_COLUMN_INTEGER },      { "label", FL_COLUMN_TEXT },
  { "logit", FL_COLUMN_FLOAT }, { "probability", FL_COLUMN_DOUBLE },
};

static gboolean
run (const FlCommandRequest *request, GError **error)
{
  g_auto (FlCommandNetwork) network = { 0 };
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (FlTableWriter) writer = NULL;
  /* The first column is of use only where there are several inputs. */
  int first = request->n_inputs > 1 ? 0 : 1;

  if (!fl_command_network_open (&network, request, FL_PLAN_FORWARD_ONLY, error))
    return FALSE;
  writer = fl_table_writer_new_for_string (request->format, text, columns + first,
                                           (int) G_N_ELEMENTS (columns) - first);
  for (int i = 0; i < request->n_inputs; i++)
    {
      g_autoptr (FlPrediction) prediction
          = fl_command_network_predict (&network, request->inputs[i], error);

      if (prediction == NULL)
        return FALSE;
      for (int k = 0; k < MIN (request->top, prediction->n_classes); k++)
        {
          int class = prediction->order[k];

          fl_table_writer_begin_row (writer);
          if (first == 0)
            fl_table_writer_text (writer, request->inputs[i]);
          fl_table_writer_integer (writer, class);
          fl_table_writer_text (writer, fl_model_label (network.model, class));
          fl_table_writer_float (writer, prediction->logits[class]);
          fl_table_writer_double (writer, prediction->probabilities[class]);
          fl_table_writer_end_row (writer);
        }
    }
  return fl_table_writer_finish (writer, error) && fl_command_write (request, text, error);
}

const FlCommand fl_command_predict = {
  .name = "predict",
  .arguments = "INPUT...",
  .summary = "Say what a network sees in pictures",
  .description
  = "Columns: class, label, logit, probability; with several inputs, input first. The most "
    "probable class comes first.\nAn INPUT is a PNG or JPEG file, prepared as the network's "
    "card says, or an NPY file\nof [C,H,W] or [1,C,H,W], taken as prepared.",
  .options = FL_COMMAND_TOP,
  .needs_model = TRUE,
  .min_inputs = 1,
  .max_inputs = -1,
  .run = run,
};
