#pragma once

#include <glib.h>

/**
 * FlProgramRun:
 * @status: the exit status
 * @output: what it wrote to standard output
 * @messages: what it wrote to standard error
 */
typedef struct
{
  int status;
  char *output;
  char *messages;
} FlProgramRun;

/* Runs the built program without any display and waits for it; a death by a signal ends the test.
 */
FlProgramRun *fl_program_run (const char *const *arguments);

/* The same with an environment variable set to @value. */
FlProgramRun *
fl_program_run_with (const char *const *arguments, const char *variable, const char *value);

void fl_program_run_free (FlProgramRun *run);

/* Runs fl_program_run() on the strings given. */
#define fl_program_run_words(...) fl_program_run ((const char *const[]){ __VA_ARGS__, NULL })

/* Ends the test unless the run ended with status 0. */
void fl_program_run_assert_done (const FlProgramRun *run);

/* Ends the test unless the run ended with @status, one clear line and no output. */
void fl_program_run_assert_failed (const FlProgramRun *run, int status);

/* The rows of the table written, the line of names first; see fl_csv_parse(). */
GPtrArray *fl_program_run_rows (const FlProgramRun *run);

/* The numbers of column @name, one for each row; @n is set to how many. */
double *fl_program_run_numbers (const FlProgramRun *run, const char *name, guint *n);

/* The cell of column @name in row @row, counted from 0 without the names. Newly allocated. */
char *fl_program_run_cell (const FlProgramRun *run, guint row, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlProgramRun, fl_program_run_free)

/* Path of the bundled network, of a bundled sample. Newly allocated. */
char *fl_program_run_network (void);
char *fl_program_run_sample (const char *name);
