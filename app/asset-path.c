#include "app/asset-path.h"

#include <gio/gio.h>

/* @folder seen from @base, if the bundled network is in it. */
static char *
try_folder (const char *base, const char *folder)
{
  g_autofree char *path = g_canonicalize_filename (folder, base);
  g_autofree char *network = g_build_filename (path, FL_ASSET_NETWORK, NULL);

  return g_file_test (network, G_FILE_TEST_EXISTS) ? g_steal_pointer (&path) : NULL;
}

static char *
find_folder (void)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  char *folder = NULL;

  if (program != NULL)
    {
      g_autofree char *room = g_path_get_dirname (program);

      /* PREFIX/bin/faultline, wherever the prefix was moved to. */
      folder = try_folder (room, FL_INSTALLED_ASSETS);
      /* SOURCE/BUILD/app/faultline, wherever the tree was moved to. */
      if (folder == NULL)
        folder = try_folder (room, "../../assets");
    }
  return folder != NULL ? folder : g_strdup (FL_SOURCE_ASSETS);
}

char *
fl_asset_path (const char *name)
{
  g_autofree char *folder = find_folder ();

  return g_build_filename (folder, name, NULL);
}
