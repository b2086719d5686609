#include <adwaita.h>

#include "app/application.h"
#include "app/asset-path.h"
#include "app/command-line.h"

#define STATUS_FAILED 1
#define STATUS_USAGE 2

static gboolean
is_network (const char *path)
{
  g_autofree char *folded = g_ascii_strdown (path, -1);

  return g_str_has_suffix (folded, ".onnx");
}

/* faultline [MODEL.onnx] [IMAGE]; a picture alone is shown to the bundled network. */
static int
run_window (int argc, char **argv)
{
  const char *network = NULL, *picture = NULL;
  g_autofree char *bundled = NULL;
  g_autoptr (FlApplication) application = NULL;

  for (int i = 1; i < argc; i++)
    {
      const char **place = is_network (argv[i]) ? &network : &picture;

      if (*place != NULL)
        {
          g_printerr ("faultline: one network and one picture at a time; see faultline --help\n");
          return STATUS_USAGE;
        }
      *place = argv[i];
    }
  if (!gtk_init_check ())
    {
      g_printerr ("faultline: there is no display to open a window on; faultline --help lists what "
                  "can be done without one\n");
      return STATUS_FAILED;
    }
  if (network == NULL && picture != NULL)
    network = bundled = fl_asset_path (FL_ASSET_NETWORK);
  g_set_application_name ("Faultline");
  application = fl_application_new (network, picture);
  return g_application_run (G_APPLICATION (application), 1, argv);
}

int
main (int argc, char **argv)
{
  if (fl_command_line_wanted (argc, argv))
    return fl_command_line_run (argc, argv);
  return run_window (argc, argv);
}
