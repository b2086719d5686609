#pragma once

#include "app/model-file.h"
#include "engine/graph/edit-list.h"

/**
 * fl_command_text_ablate:
 * @input_path: of the picture or array
 * @off: (array length=n_filters): 1 where a filter is off
 * @mode: the same for all of them
 *
 * Returns: (transfer full): the command that gives the same numbers in a POSIX shell, in one line,
 *   with absolute paths: "faultline ablate --model ... --off ... --mode ... INPUT"; quoted where
 * the shell would read it otherwise
 */
char *fl_command_text_ablate (const FlModel *model, const char *input_path, const guint8 *off,
                              FlEditKind mode);
