#include "tests/app/program-run.h"

#include <gio/gio.h>
#include <string.h>

#include "engine/formats/csv-reader.h"
#include "engine/formats/number-text.h"

FlProgramRun *
fl_program_run_with (const char *const *arguments, const char *variable, const char *value)
{
  g_autoptr (GSubprocessLauncher) launcher
      = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  FlProgramRun *run = g_new0 (FlProgramRun, 1);

  g_ptr_array_add (words, (gpointer) FL_PROGRAM);
  for (int i = 0; arguments[i] != NULL; i++)
    g_ptr_array_add (words, (gpointer) arguments[i]);
  g_ptr_array_add (words, NULL);
  g_subprocess_launcher_unsetenv (launcher, "DISPLAY");
  g_subprocess_launcher_unsetenv (launcher, "WAYLAND_DISPLAY");
  if (variable != NULL)
    g_subprocess_launcher_setenv (launcher, variable, value, TRUE);
  process = g_subprocess_launcher_spawnv (launcher, (const char *const *) words->pdata, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &run->output, &run->messages, &error);
  g_assert_no_error (error);
  if (!g_subprocess_get_if_exited (process))
    g_error ("%s died of signal %d: %s", arguments[0], g_subprocess_get_term_sig (process),
             run->messages);
  run->status = g_subprocess_get_exit_status (process);
  return run;
}

FlProgramRun *
fl_program_run (const char *const *arguments)
{
  return fl_program_run_with (arguments, NULL, NULL);
}

void
fl_program_run_free (FlProgramRun *run)
{
  g_free (run->output);
  g_free (run->messages);
  g_free (run);
}

void
fl_program_run_assert_done (const FlProgramRun *run)
{
  if (run->status != 0)
    g_error ("exit status %d: %s", run->status, run->messages);
}

void
fl_program_run_assert_failed (const FlProgramRun *run, int status)
{
  g_test_message ("%s", run->messages);
  g_assert_cmpint (run->status, ==, status);
  g_assert_cmpstr (run->output, ==, "");
  g_assert_true (g_str_has_prefix (run->messages, "faultline"));
  /* One line: the only line break stands at its end. */
  g_assert_cmpuint (strlen (run->messages), >, strlen ("faultline: \n"));
  g_assert_true (strchr (run->messages, '\n') == run->messages + strlen (run->messages) - 1);
}

GPtrArray *
fl_program_run_rows (const FlProgramRun *run)
{
  g_autoptr (GBytes) bytes = g_bytes_new (run->output, strlen (run->output));
  g_autoptr (GError) error = NULL;
  GPtrArray *rows = fl_csv_parse (bytes, "output", &error);

  g_assert_no_error (error);
  g_assert_cmpuint (rows->len, >, 0);
  return rows;
}

static int
find_column (GPtrArray *rows, const char *name)
{
  int column = fl_csv_find_column (g_ptr_array_index (rows, 0), name);

  g_assert_cmpint (column, >=, 0);
  return column;
}

double *
fl_program_run_numbers (const FlProgramRun *run, const char *name, guint *n)
{
  g_autoptr (GPtrArray) rows = fl_program_run_rows (run);
  int column = find_column (rows, name);
  double *numbers = g_new0 (double, rows->len);

  *n = rows->len - 1;
  for (guint i = 0; i < *n; i++)
    {
      const FlCsvRow *row = g_ptr_array_index (rows, i + 1);
      g_autoptr (GError) error = NULL;

      fl_number_text_parse_double (row->cells[column], name, &numbers[i], &error);
      g_assert_no_error (error);
    }
  return numbers;
}

char *
fl_program_run_cell (const FlProgramRun *run, guint row, const char *name)
{
  g_autoptr (GPtrArray) rows = fl_program_run_rows (run);
  int column = find_column (rows, name);
  const FlCsvRow *found;

  g_assert_cmpuint (row + 1, <, rows->len);
  found = g_ptr_array_index (rows, row + 1);
  return g_strdup (found->cells[column]);
}

char *
fl_program_run_network (void)
{
  return g_build_filename (FL_ASSETS, "networks", "fashion-resnet8.onnx", NULL);
}

char *
fl_program_run_sample (const char *name)
{
  return g_build_filename (FL_ASSETS, "samples", name, NULL);
}
