#include "app/command-line.h"

#include <errno.h>
#include <locale.h>
#include <string.h>

#include "app/command.h"
#include "app/filter-selection.h"
#include "engine/formats/number-text.h"

#define PROGRAM "faultline"
#define STATUS_DONE 0
#define STATUS_FAILED 1
#define STATUS_USAGE 2
#define MAX_THREADS 1024

static const FlCommand *const commands[] = {
  &fl_command_info,   &fl_command_predict, &fl_command_profile,
  &fl_command_ablate, &fl_command_bench,   &fl_command_story,
};

static const FlCommand *
find_command (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (commands[i]->name, name))
      return commands[i];
  return NULL;
}

gboolean
fl_command_line_wanted (int argc, char **argv)
{
  const char *first = argc > 1 ? argv[1] : NULL;

  if (first == NULL)
    return FALSE;
  if (find_command (first) != NULL || *first == '-')
    return TRUE;
  /* A mistyped command should not open a window that complains of a file. */
  return strpbrk (first, "./") == NULL && !g_file_test (first, G_FILE_TEST_EXISTS);
}

static void
print_help (void)
{
  g_print (
      "Usage:\n"
      "  %s [MODEL.onnx] [IMAGE]    open the window, on the bundled sample if nothing is given\n"
      "  %s COMMAND [OPTION...]     work in the terminal\n\n"
      "Commands:\n",
      PROGRAM, PROGRAM);
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    g_print ("  %-9s %s\n", commands[i]->name, commands[i]->summary);
  g_print ("\n  %s COMMAND --help          says more\n  %s --version\n", PROGRAM, PROGRAM);
}

/* @message is told in one line, whatever file names it holds. */
static void
complain (const char *name, const char *message)
{
  g_autofree char *line = g_strdup (message);

  g_strdelimit (line, "\r\n", ' ');
  if (name != NULL)
    g_printerr ("%s %s: %s\n", PROGRAM, name, line);
  else
    g_printerr ("%s: %s\n", PROGRAM, line);
}

static int G_GNUC_PRINTF (2, 3) complain_usage (const char *name, const char *format, ...)
{
  g_autofree char *message = NULL;
  g_autofree char *full = NULL;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  full = g_strdup_printf ("%s; see %s%s%s --help", message, PROGRAM, name != NULL ? " " : "",
                          name != NULL ? name : "");
  complain (name, full);
  return STATUS_USAGE;
}

/* What the parser of options fills in, as text. */
typedef struct
{
  char *top;
  char *mode;
  char *threads;
  char *format;
  gboolean csv;
} RawOptions;

static void
raw_options_clear (RawOptions *raw)
{
  g_free (raw->top);
  g_free (raw->mode);
  g_free (raw->threads);
  g_free (raw->format);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RawOptions, raw_options_clear)

static void
request_clear (FlCommandRequest *request)
{
  g_free (request->model);
  g_free (request->label);
  g_strfreev (request->off);
  g_free (request->output);
  g_strfreev (request->inputs);
}

typedef FlCommandRequest AutoRequest;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AutoRequest, request_clear)

/* The options of @command, in the words of GLib's parser. */
static GOptionContext *
make_context (const FlCommand *command, FlCommandRequest *request, RawOptions *raw)
{
  GOptionContext *context = g_option_context_new (command->arguments);
  const GOptionEntry common[] = {
    { "model", 0, 0, G_OPTION_ARG_FILENAME, &request->model,
      command->needs_model ? "The network, an ONNX file with its card beside it"
                           : "The network; the bundled one if not given",
      "M.onnx" },
    { "threads", 0, 0, G_OPTION_ARG_STRING, &raw->threads,
      "Threads to compute with (default: one for each processor); results do not depend on it",
      "N" },
    { "output", 0, 0, G_OPTION_ARG_FILENAME, &request->output,
      "Where to write (default: -, standard output)", "FILE" },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &request->inputs, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
  const GOptionEntry format[] = {
    { "format", 0, 0, G_OPTION_ARG_STRING, &raw->format, "csv (default) or json", "FORMAT" },
    G_OPTION_ENTRY_NULL,
  };
  const GOptionEntry label[] = {
    { "label", 0, 0, G_OPTION_ARG_STRING, &request->label,
      "The true class, by number or name (default: the predicted one)", "N" },
    G_OPTION_ENTRY_NULL,
  };
  const GOptionEntry top[] = {
    { "top", 0, 0, G_OPTION_ARG_STRING, &raw->top, "How many classes, or all (default: 5)", "K" },
    G_OPTION_ENTRY_NULL,
  };
  const GOptionEntry off[] = {
    { "off", 0, 0, G_OPTION_ARG_STRING_ARRAY, &request->off,
      "Filters to switch off; LAYER:A-B is a range of them and LAYER:* the whole layer",
      "LAYER:FILTER[,...]" },
    { "mode", 0, 0, G_OPTION_ARG_STRING, &raw->mode,
      "weights (default): the filter's weights are 0 and its bias stays; silent: its channel is 0",
      "MODE" },
    G_OPTION_ENTRY_NULL,
  };
  const GOptionEntry csv[] = {
    { "csv", 0, 0, G_OPTION_ARG_NONE, &raw->csv, "The same as --format csv", NULL },
    G_OPTION_ENTRY_NULL,
  };

  g_option_context_set_summary (context, command->summary);
  g_option_context_set_description (context, command->description);
  g_option_context_add_main_entries (context, common, NULL);
  if (!(command->options & FL_COMMAND_PROSE))
    g_option_context_add_main_entries (context, format, NULL);
  if (command->options & FL_COMMAND_LABEL)
    g_option_context_add_main_entries (context, label, NULL);
  if (command->options & FL_COMMAND_TOP)
    g_option_context_add_main_entries (context, top, NULL);
  if (command->options & FL_COMMAND_OFF)
    g_option_context_add_main_entries (context, off, NULL);
  if (command->options & FL_COMMAND_CSV)
    g_option_context_add_main_entries (context, csv, NULL);
  return context;
}

/* Turns the text of the options into a request. Returns the status, STATUS_DONE where all is well.
 */
static int
check_options (const FlCommand *command, const RawOptions *raw, FlCommandRequest *request)
{
  g_autoptr (GError) error = NULL;
  gint64 number;

  if (command->needs_model && request->model == NULL)
    return complain_usage (command->name, "--model is missing");
  if ((command->options & FL_COMMAND_OFF) && request->off == NULL)
    return complain_usage (command->name, "--off is missing");
  for (int i = 0; request->off != NULL && request->off[i] != NULL; i++)
    if (!fl_filter_selection_check (request->off[i], &error))
      return complain_usage (command->name, "--off: %s", error->message);
  request->top = 5;
  if (g_strcmp0 (raw->top, "all") == 0)
    request->top = FL_COMMAND_TOP_ALL;
  else if (raw->top != NULL)
    {
      if (!fl_number_text_parse_integer (raw->top, "--top", 1, G_MAXINT, &number, &error))
        return complain_usage (command->name, "%s", error->message);
      request->top = (int) number;
    }
  if (raw->threads != NULL)
    {
      if (!fl_number_text_parse_integer (raw->threads, "--threads", 1, MAX_THREADS, &number,
                                         &error))
        return complain_usage (command->name, "%s", error->message);
      request->n_threads = (int) number;
    }
  if (g_strcmp0 (raw->mode, "silent") == 0)
    request->mode = FL_EDIT_SILENT;
  else if (raw->mode == NULL || g_str_equal (raw->mode, "weights"))
    request->mode = FL_EDIT_WEIGHTS;
  else
    return complain_usage (command->name, "--mode %s is neither weights nor silent", raw->mode);
  if (g_strcmp0 (raw->format, "json") == 0)
    request->format = FL_TABLE_JSON;
  else if (raw->format == NULL || g_str_equal (raw->format, "csv"))
    request->format = FL_TABLE_CSV;
  else
    return complain_usage (command->name, "--format %s is neither csv nor json", raw->format);
  if (raw->csv && request->format != FL_TABLE_CSV)
    return complain_usage (command->name, "--csv and --format json contradict each other");
  request->n_inputs = request->inputs != NULL ? (int) g_strv_length (request->inputs) : 0;
  if (request->n_inputs < command->min_inputs)
    return complain_usage (command->name, "%s is missing", command->arguments);
  if (command->max_inputs >= 0 && request->n_inputs > command->max_inputs)
    return complain_usage (command->name, "'%s' is one argument too many",
                           request->inputs[command->max_inputs]);
  return STATUS_DONE;
}

static int
run_command (const FlCommand *command, char **argv)
{
  g_auto (AutoRequest) request = { .name = command->name };
  g_auto (RawOptions) raw = { 0 };
  g_autoptr (GOptionContext) context = make_context (command, &request, &raw);
  g_autoptr (GError) error = NULL;
  g_autofree char *program = g_strdup_printf ("%s %s", PROGRAM, command->name);
  /* The name of the command takes the place of the program's, as the help prints it. */
  g_auto (GStrv) arguments = g_strdupv (argv + 1);
  int status;

  g_free (arguments[0]);
  arguments[0] = g_strdup (program);
  g_set_prgname (program);
  if (!g_option_context_parse_strv (context, &arguments, &error))
    return complain_usage (command->name, "%s", error->message);
  status = check_options (command, &raw, &request);
  if (status != STATUS_DONE)
    return status;
  if (!command->run (&request, &error))
    {
      complain (command->name, error->message);
      return STATUS_FAILED;
    }
  return STATUS_DONE;
}

int
fl_command_line_run (int argc, char **argv)
{
  const char *first = argc > 1 ? argv[1] : "--help";
  const FlCommand *command = find_command (first);

  setlocale (LC_ALL, "");
  if (command != NULL)
    return run_command (command, argv);
  if (g_str_equal (first, "--help") || g_str_equal (first, "-h"))
    {
      print_help ();
      return STATUS_DONE;
    }
  if (g_str_equal (first, "--version"))
    {
      g_print ("%s %s\n", PROGRAM, FL_VERSION);
      return STATUS_DONE;
    }
  if (*first == '-')
    return complain_usage (NULL, "there is no option %s", first);
  return complain_usage (NULL, "there is no command '%s'", first);
}
