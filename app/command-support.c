#include "app/command.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <gio/gunixoutputstream.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "engine/core/error.h"
#include "engine/formats/input-tensor.h"

void
fl_command_say (const FlCommandRequest *request, const char *format, ...)
{
  g_autofree char *line = NULL;
  va_list arguments;

  va_start (arguments, format);
  line = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_strdelimit (line, "\r\n", ' ');
  g_printerr ("faultline %s: %s\n", request->name, line);
}

gboolean
fl_command_network_open (FlCommandNetwork *network, const FlCommandRequest *request,
                         FlPlanKind kind, GError **error)
{
  const char *const *notes;

  network->model = fl_model_load (request->model, error);
  if (network->model == NULL)
    return FALSE;
  notes = fl_model_notes (network->model);
  for (int i = 0; notes[i] != NULL; i++)
    fl_command_say (request, "%s", notes[i]);
  network->pool = fl_pool_new (request->n_threads);
  network->plan = fl_plan_new (fl_model_graph (network->model), kind);
  network->execution = fl_execution_new (network->plan, network->pool);
  return TRUE;
}

void
fl_command_network_clear (FlCommandNetwork *network)
{
  g_clear_pointer (&network->execution, fl_execution_free);
  g_clear_pointer (&network->plan, fl_plan_unref);
  g_clear_pointer (&network->pool, fl_pool_free);
  g_clear_pointer (&network->model, fl_model_unref);
}

FlPrediction *
fl_command_network_predict (FlCommandNetwork *network, const char *path, GError **error)
{
  g_autoptr (FlTensor) input
      = fl_input_tensor_load (path, fl_model_preparation (network->model),
                              fl_model_n_channels (network->model), NULL, error);

  if (input == NULL)
    return NULL;
  if (!fl_execution_forward (network->execution, input, NULL, error))
    {
      g_prefix_error (error, "%s: ", path);
      return NULL;
    }
  return fl_prediction_new (fl_graph_n_classes (fl_model_graph (network->model)),
                            fl_execution_logits (network->execution));
}

FlPrediction *
fl_command_network_edit (FlCommandNetwork *network, FlEditList *edits, GError **error)
{
  int first = fl_execution_set_edits (network->execution, edits);

  if (!fl_execution_forward_from (network->execution, first, NULL, error))
    return NULL;
  return fl_prediction_new (fl_graph_n_classes (fl_model_graph (network->model)),
                            fl_execution_logits (network->execution));
}

gboolean
fl_command_find_label (const FlCommandRequest *request, FlModel *model,
                       const FlPrediction *prediction, int *label, GError **error)
{
  if (request->label != NULL)
    return fl_model_find_label (model, request->label, label, error);
  *label = prediction->order[0];
  fl_command_say (request, "no --label given, taking the predicted class %d (%s)", *label,
                  fl_model_label (model, *label));
  return TRUE;
}

gboolean
fl_command_write (const FlCommandRequest *request, const GString *content, GError **error)
{
  const char *path = request->output;
  gboolean to_standard_output = path == NULL || g_str_equal (path, "-");
  g_autoptr (GOutputStream) stream = NULL;
  int file;

  /* A plain file appears whole or not at all. A pipe or device must be written to as it is. */
  if (!to_standard_output
      && (!g_file_test (path, G_FILE_TEST_EXISTS) || g_file_test (path, G_FILE_TEST_IS_REGULAR)))
    return g_file_set_contents (path, content->str, (gssize) content->len, error);
  file = to_standard_output ? STDOUT_FILENO : g_open (path, O_WRONLY | O_CLOEXEC, 0);
  if (file < 0)
    {
      int code = errno;

      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code), "%s: %s", path,
                   g_strerror (code));
      return FALSE;
    }
  stream = g_unix_output_stream_new (file, !to_standard_output);
  if (!g_output_stream_write_all (stream, content->str, content->len, NULL, NULL, error))
    {
      g_prefix_error (error, "%s: ", to_standard_output ? "standard output" : path);
      return FALSE;
    }
  return TRUE;
}
