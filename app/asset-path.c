#include "app/asset-path.h"

/* The program is SOURCE/BUILD/app/faultline wherever the tree was moved to, and assets is
 * SOURCE/assets. */
static char *
find_folder (void)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);

  if (program != NULL)
    {
      g_autofree char *room = g_path_get_dirname (program);
      g_autofree char *build = g_path_get_dirname (room);
      g_autofree char *source = g_path_get_dirname (build);
      g_autofree char *folder = g_build_filename (source, "assets", NULL);
      g_autofree char *network = g_build_filename (folder, FL_ASSET_NETWORK, NULL);

      if (g_file_test (network, G_FILE_TEST_EXISTS))
        return g_steal_pointer (&folder);
    }
  return g_strdup (FL_ASSET_FOLDER);
}

char *
fl_asset_path (const char *name)
{
  g_autofree char *folder = find_folder ();

  return g_build_filename (folder, name, NULL);
}
