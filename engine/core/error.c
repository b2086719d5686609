#include "engine/core/error.h"

G_DEFINE_QUARK (fl_error, fl_error)
