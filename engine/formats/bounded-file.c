#include "engine/formats/bounded-file.h"

#include "engine/core/error.h"

char *
fl_bounded_file_display_name (const char *path)
{
  char *name = g_filename_display_name (path);

  for (char *c = name; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      *c = '?';
  return name;
}

/* GIO puts the path into its messages as it is, line breaks and all. */
static void
take_error (GError **error, GError *met)
{
  g_strdelimit (met->message, "\r\n", '?');
  g_propagate_error (error, met);
}

GBytes *
fl_bounded_file_read (const char *path, gsize limit, GError **error)
{
  g_autoptr (GFile) file = NULL;
  g_autoptr (GFileInputStream) stream = NULL;
  g_autoptr (GFileInfo) info = NULL;
  g_autoptr (GByteArray) content = g_byte_array_new ();
  GError *met = NULL;
  gsize chunk = 65536;

  g_return_val_if_fail (path != NULL, NULL);
  g_return_val_if_fail (limit < G_MAXUINT - 1, NULL);

  file = g_file_new_for_path (path);
  stream = g_file_read (file, NULL, &met);
  if (stream == NULL)
    {
      take_error (error, met);
      return NULL;
    }
  /* The size is only a hint: it says how much to ask for, not how much there is. */
  info = g_file_input_stream_query_info (stream, G_FILE_ATTRIBUTE_STANDARD_SIZE, NULL, NULL);
  if (info != NULL && g_file_info_get_size (info) > 0)
    chunk = (gsize) MIN ((guint64) g_file_info_get_size (info), limit) + 1;
  for (;;)
    {
      guint start = content->len;
      gsize wanted = MIN (chunk, limit + 1 - start);
      gsize n_read = 0;

      g_byte_array_set_size (content, start + (guint) wanted);
      if (!g_input_stream_read_all (G_INPUT_STREAM (stream), content->data + start, wanted, &n_read,
                                    NULL, &met))
        {
          take_error (error, met);
          return NULL;
        }
      g_byte_array_set_size (content, start + (guint) n_read);
      if (content->len > limit)
        {
          g_autofree char *name = fl_bounded_file_display_name (path);

          g_set_error (error, FL_ERROR, FL_ERROR_LIMIT,
                       "file '%s': more than %" G_GSIZE_FORMAT " bytes, the most that is read",
                       name, limit);
          return NULL;
        }
      if (n_read < wanted)
        return g_byte_array_free_to_bytes (g_steal_pointer (&content));
      chunk = MAX (chunk, 1 << 20);
    }
}

gboolean
fl_bounded_file_write (const char *path, GBytes *bytes, GError **error)
{
  g_autoptr (GFile) file = NULL;
  GError *met = NULL;
  gsize size;
  const void *data = g_bytes_get_data (bytes, &size);

  g_return_val_if_fail (path != NULL, FALSE);

  file = g_file_new_for_path (path);
  if (g_file_replace_contents (file, data != NULL ? data : "", size, NULL, FALSE,
                               G_FILE_CREATE_NONE, NULL, NULL, &met))
    return TRUE;
  take_error (error, met);
  return FALSE;
}
