#include "app/sample-label.h"

#include <gio/gio.h>
#include <string.h>

#include "app/asset-path.h"
#include "engine/formats/sample-index.h"

/* "T-shirt/top" as file names are written: "t-shirt-top". */
static char *
file_name_of_class (const char *name)
{
  GString *text = g_string_new (NULL);

  for (const char *p = name; *p != '\0'; p++)
    if (g_ascii_isalnum (*p))
      g_string_append_c (text, g_ascii_tolower (*p));
    else if (text->len > 0 && text->str[text->len - 1] != '-')
      g_string_append_c (text, '-');
  return g_string_free (text, FALSE);
}

/* Whether "t-shirt-19.png" is named after the class "T-shirt/top": what stands before the number.
 */
static gboolean
named_after (const char *base_name, const char *class_name)
{
  g_autofree char *folded = file_name_of_class (class_name);
  const char *dash = strrchr (base_name, '-');

  return dash != NULL && dash > base_name
         && strncmp (folded, base_name, (gsize) (dash - base_name)) == 0;
}

static gboolean
is_bundled (const char *folder)
{
  g_autofree char *bundled = fl_asset_path ("samples");
  g_autoptr (GFile) a = g_file_new_for_path (bundled);
  g_autoptr (GFile) b = g_file_new_for_path (folder);

  return g_file_equal (a, b);
}

int
fl_sample_label (const char *picture_path, const FlModel *model)
{
  g_autofree char *folder = g_path_get_dirname (picture_path);
  g_autofree char *base_name = g_path_get_basename (picture_path);
  g_autofree char *index_path = g_build_filename (folder, "index.csv", NULL);
  g_autoptr (GPtrArray) samples = NULL;

  if (!g_file_test (index_path, G_FILE_TEST_IS_REGULAR))
    return -1;
  /* An index that cannot be read is no reason not to open the picture. */
  samples = fl_sample_index_load (index_path, NULL);
  for (guint i = 0; samples != NULL && i < samples->len; i++)
    {
      const FlSample *sample = samples->pdata[i];
      g_autofree char *name = g_path_get_basename (sample->path);

      if (!g_str_equal (name, base_name))
        continue;
      if (sample->label < 0 || sample->label >= fl_graph_n_classes (fl_model_graph (model))
          || (is_bundled (folder)
              && !named_after (base_name, fl_model_label (model, sample->label))))
        return -1;
      return sample->label;
    }
  return -1;
}
