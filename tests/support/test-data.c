#include "tests/support/test-data.h"

#include <string.h>

char *
fl_test_data_path (const char *name)
{
  const char *folder = g_getenv ("FAULTLINE_TEST_DATA");

  return g_build_filename (folder != NULL && *folder != '\0' ? folder : FL_TEST_DATA, name, NULL);
}

GBytes *
fl_test_data_bytes (const char *name)
{
  g_autofree char *path = fl_test_data_path (name);
  g_autoptr (GError) error = NULL;
  char *content;
  gsize length;

  if (!g_file_get_contents (path, &content, &length, &error))
    g_error ("%s", error->message);
  return g_bytes_new_take (content, length);
}

gboolean
fl_test_error_is_clear (const GError *error)
{
  return error != NULL && error->message != NULL && *error->message != '\0'
         && strpbrk (error->message, "\r\n") == NULL && g_utf8_validate (error->message, -1, NULL);
}
