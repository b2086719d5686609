#pragma once

#include <glib.h>

/* The network and the picture that Faultline starts on, below the folder of assets. */
#define FL_ASSET_NETWORK "networks/fashion-resnet8.onnx"
#define FL_ASSET_PICTURE "samples/ankle-boot-23.png"

/**
 * fl_asset_path:
 * @name: a path below the folder of assets
 *
 * The folder is looked for where it is installed, seen from the program; beside the build that the
 * program runs from; and else where it stood when the program was compiled. So nothing needs to be
 * installed or set, and an installed program may be moved together with its files.
 *
 * Returns: (transfer full): the path; the file need not exist
 */
char *fl_asset_path (const char *name);
