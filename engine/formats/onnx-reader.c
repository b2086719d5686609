#include "engine/formats/onnx-reader.h"

#include "engine/core/error.h"
#include "engine/formats/bounded-file.h"
#include "engine/formats/onnx-import.h"

/* Long enough for a list of operators, short enough for a dialog. */
#define MAX_MESSAGE 2000

void
fl_onnx_notes_clear (FlOnnxNotes *notes)
{
  g_clear_pointer (&notes->set_aside, g_free);
}

/* Names in a file hold what they like: a message is one line of bounded length that begins with the
 * file. */
static void
tidy_message (GError *error, const char *file)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "%s: ", file);
  if (error->domain != FL_ERROR || g_str_has_prefix (error->message, text->str))
    g_string_truncate (text, 0);
  g_string_append (text, error->message);
  for (gsize i = 0; i < text->len; i++)
    if (g_ascii_iscntrl (text->str[i]))
      text->str[i] = '?';
  if (text->len > MAX_MESSAGE)
    {
      const char *end = g_utf8_find_prev_char (text->str, text->str + MAX_MESSAGE);

      g_string_truncate (text, end != NULL ? (gsize) (end - text->str) : MAX_MESSAGE);
      g_string_append (text, " ...");
    }
  g_free (error->message);
  error->message = g_string_free (text, FALSE);
}

/* Takes over @document, which is NULL where @met is set. */
static FlGraph *
load_document (FlOnnxDocument *document, GError *met, const char *path, int width, int height,
               FlOnnxNotes *notes, GError **error)
{
  FlOnnxImportOptions options = { .width = width, .height = height };
  FlOnnxImportResult result = { 0 };
  g_autoptr (FlOnnxDocument) own = document;
  g_autofree char *base_name = g_path_get_basename (path);
  g_autofree char *file = fl_bounded_file_display_name (base_name);

  if (own != NULL && fl_onnx_import (own, &options, &result, &met) && result.graph == NULL)
    g_set_error (&met, FL_ERROR, FL_ERROR_UNSUPPORTED,
                 "the output does not depend on the input, expected a network");
  if (met != NULL)
    {
      tidy_message (met, file);
      fl_onnx_import_result_clear (&result);
      g_propagate_error (error, met);
      return NULL;
    }

  if (notes != NULL)
    {
      notes->free_axes = result.free_axes;
      notes->set_aside = g_steal_pointer (&result.set_aside);
    }
  g_free (result.set_aside);
  return result.graph;
}

FlGraph *
fl_onnx_load (const char *path, int width, int height, FlOnnxNotes *notes, GError **error)
{
  GError *met = NULL;
  FlOnnxDocument *document;

  g_return_val_if_fail (path != NULL, NULL);

  document = fl_onnx_document_open (path, &met);
  return load_document (document, met, path, width, height, notes, error);
}

FlGraph *
fl_onnx_load_bytes (GBytes *bytes, const char *path, int width, int height, FlOnnxNotes *notes,
                    GError **error)
{
  GError *met = NULL;
  FlOnnxDocument *document;

  g_return_val_if_fail (bytes != NULL && path != NULL, NULL);

  document = fl_onnx_document_new (bytes, path, FL_ONNX_MESSAGE_LIMIT, &met);
  return load_document (document, met, path, width, height, notes, error);
}
