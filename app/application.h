#pragma once

#include <adwaita.h>

#define FL_TYPE_APPLICATION (fl_application_get_type ())
G_DECLARE_FINAL_TYPE (FlApplication, fl_application, FL, APPLICATION, AdwApplication)

/**
 * fl_application_new:
 * @network_path: (nullable): what its window opens
 * @picture_path: (nullable): likewise; both %NULL: the bundled sample
 */
FlApplication *fl_application_new (const char *network_path, const char *picture_path);
