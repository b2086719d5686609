#pragma once

#include <glib.h>

#include "app/model-file.h"
#include "engine/core/pool.h"
#include "engine/formats/table-writer.h"
#include "engine/graph/edit-list.h"
#include "engine/graph/execution.h"
#include "engine/saliency/prediction.h"

/* Options that only some sub-commands have; the others every one has. */
typedef enum
{
  FL_COMMAND_LABEL = 1 << 0,
  FL_COMMAND_TOP = 1 << 1,
  FL_COMMAND_OFF = 1 << 2,   /* --off and --mode */
  FL_COMMAND_CSV = 1 << 3,   /* --csv, another word for --format csv */
  FL_COMMAND_PROSE = 1 << 4, /* no --format: it writes no table */
} FlCommandOptions;

#define FL_COMMAND_TOP_ALL G_MAXINT

/**
 * FlCommandRequest:
 * @name: of the sub-command
 * @model: (nullable): path of the network
 * @label: (nullable): the number or the name of a class
 * @top: how many classes, FL_COMMAND_TOP_ALL for all
 * @off: (nullable) (array zero-terminated=1): lists of LAYER:FILTER
 * @mode: what switching off means
 * @n_threads: 0 for one for each processor
 * @output: (nullable): file to write to, "-" or %NULL for standard output
 * @inputs: (array zero-terminated=1): the arguments that are not options
 *
 * What the user asked for, checked as far as that goes without the network.
 */
typedef struct
{
  const char *name;
  char *model;
  char *label;
  int top;
  GStrv off;
  FlEditKind mode;
  int n_threads;
  FlTableFormat format;
  char *output;
  GStrv inputs;
  int n_inputs;
} FlCommandRequest;

/**
 * FlCommand:
 * @arguments: what follows the options, for the help
 * @summary: what it does and writes, for the help
 * @max_inputs: -1 for any number
 * @run: does it; %FALSE with @error set
 *
 * A sub-command.
 */
typedef struct
{
  const char *name;
  const char *arguments;
  const char *summary;
  const char *description;
  FlCommandOptions options;
  gboolean needs_model;
  int min_inputs;
  int max_inputs;
  gboolean (*run) (const FlCommandRequest *request, GError **error);
} FlCommand;

extern const FlCommand fl_command_info;
extern const FlCommand fl_command_predict;
extern const FlCommand fl_command_profile;
extern const FlCommand fl_command_ablate;
extern const FlCommand fl_command_bench;
extern const FlCommand fl_command_story;

/**
 * FlCommandNetwork:
 *
 * A network made ready to compute. Cleared with fl_command_network_clear(); all zero before it is
 * opened.
 */
typedef struct
{
  FlModel *model;
  FlPool *pool;
  FlPlan *plan;
  FlExecution *execution;
} FlCommandNetwork;

/* Opens the network and tells on standard error what was assumed about it. */
gboolean fl_command_network_open (FlCommandNetwork *network, const FlCommandRequest *request,
                                  FlPlanKind kind, GError **error);
void fl_command_network_clear (FlCommandNetwork *network);

/**
 * fl_command_network_predict:
 * @path: a picture or an NPY file
 *
 * Returns: (transfer full): what the network says of it, after a forward pass
 */
FlPrediction *
fl_command_network_predict (FlCommandNetwork *network, const char *path, GError **error);

/**
 * fl_command_network_edit:
 * @edits: (nullable): laid over the network, instead of those before
 *
 * Returns: (transfer full): what the network says now of the input of the last prediction; only
 * what changes is computed. Needs a %FL_PLAN_KEEP plan.
 */
FlPrediction *
fl_command_network_edit (FlCommandNetwork *network, FlEditList *edits, GError **error);

/* One line on standard error that begins with the program's and the command's name. */
void fl_command_say (const FlCommandRequest *request, const char *format, ...) G_GNUC_PRINTF (2, 3);

/**
 * fl_command_find_label:
 *
 * The class that --label names, by number or name; the predicted one where there is no --label,
 * which is said.
 *
 * Returns: %FALSE with %FL_ERROR_RANGE
 */
gboolean fl_command_find_label (const FlCommandRequest *request, FlModel *model,
                                const FlPrediction *prediction, int *label, GError **error);

/* Writes @content to where --output says. Nothing is left behind where that fails. */
gboolean fl_command_write (const FlCommandRequest *request, const GString *content, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FlCommandNetwork, fl_command_network_clear)
