/* The steps that switch several filters at once, their history, and the command that repeats them.
 */

#include <stdlib.h>
#include <string.h>

#include "app/asset-path.h"
#include "app/command-text.h"
#include "app/filter-export.h"
#include "app/session.h"

#define N_FILTERS 336

typedef struct
{
  FlSession *session;
} Fixture;

static void
wait (Fixture *fixture)
{
  FlSessionProgress progress;

  for (fl_session_get_progress (fixture->session, &progress); progress.busy;
       fl_session_get_progress (fixture->session, &progress))
    g_main_context_iteration (NULL, TRUE);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *network = fl_asset_path (FL_ASSET_NETWORK);
  g_autofree char *picture = fl_asset_path (FL_ASSET_PICTURE);

  fixture->session = fl_session_new ();
  fl_session_open (fixture->session, network, picture, -1);
  wait (fixture);
  g_assert_nonnull (fl_session_get_profile (fixture->session));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  fl_session_cancel (fixture->session);
  wait (fixture);
  g_clear_object (&fixture->session);
}

static guint8 *
copy_off (FlSession *session)
{
  return g_memdup2 (fl_session_get_off (session), N_FILTERS);
}

static void
test_random (Fixture *fixture, gconstpointer data)
{
  FlSession *session = fixture->session;
  g_autofree guint8 *first = NULL;

  fl_session_switch_off_random (session, 7, 42);
  g_assert_cmpstr (fl_session_get_undo_name (session), ==, "Switch off 7 random filters (seed 42)");
  g_assert_cmpint (fl_session_get_n_off (session), ==, 7);
  first = copy_off (session);
  fl_session_restore_all (session);
  fl_session_switch_off_random (session, 7, 43);
  g_assert_cmpint (memcmp (first, fl_session_get_off (session), N_FILTERS), !=, 0);
  /* The seed alone decides, whatever is off: all seven of 42 are off now. */
  fl_session_switch_off_random (session, 7, 42);
  for (int f = 0; f < N_FILTERS; f++)
    g_assert_cmpint (fl_session_get_off (session)[f], >=, first[f]);
  fl_session_undo (session);
  fl_session_undo (session);
  fl_session_undo (session);
  g_assert_cmpmem (first, N_FILTERS, fl_session_get_off (session), N_FILTERS);
  fl_session_switch_off_random (session, 10 * N_FILTERS, 1);
  g_assert_cmpint (fl_session_get_n_off (session), ==, N_FILTERS);
}

static void
test_layer_and_invert (Fixture *fixture, gconstpointer data)
{
  FlSession *session = fixture->session;
  FlFilterCatalogue *catalogue = fl_session_get_catalogue (session);
  int first = catalogue->first_filter[2], end = catalogue->first_filter[3];
  g_autofree char *name = g_strdup_printf ("Switch off layer %s", catalogue->layer_names[2]);

  fl_session_toggle (session, first + 1);
  fl_session_switch_off_layer (session, end - 1);
  g_assert_cmpstr (fl_session_get_undo_name (session), ==, name);
  for (int f = 0; f < N_FILTERS; f++)
    g_assert_cmpint (fl_session_get_off (session)[f], ==, f >= first && f < end);
  fl_session_invert (session);
  g_assert_cmpstr (fl_session_get_undo_name (session), ==, "Invert on and off");
  for (int f = 0; f < N_FILTERS; f++)
    g_assert_cmpint (fl_session_get_off (session)[f], ==, f < first || f >= end);
  /* A layer that is off already is no step. */
  fl_session_switch_off_layer (session, 0);
  g_assert_cmpstr (fl_session_get_undo_name (session), ==, "Invert on and off");
}

static void
test_several (Fixture *fixture, gconstpointer data)
{
  FlSession *session = fixture->session;
  const int filters[] = { 3, 50, 200 };

  fl_session_toggle (session, 50);
  fl_session_toggle_several (session, 3, filters);
  g_assert_cmpstr (fl_session_get_undo_name (session), ==, "Switch off 3 selected filters");
  g_assert_cmpint (fl_session_get_n_off (session), ==, 3);
  fl_session_toggle_several (session, 3, filters);
  g_assert_cmpstr (fl_session_get_undo_name (session), ==, "Switch on 3 selected filters");
  g_assert_cmpint (fl_session_get_n_off (session), ==, 0);
  fl_session_undo (session);
  fl_session_undo (session);
  g_assert_cmpint (fl_session_get_n_off (session), ==, 1);
  g_assert_cmpint (fl_session_get_off (session)[50], ==, 1);
}

static void
test_history (Fixture *fixture, gconstpointer data)
{
  FlSession *session = fixture->session;
  g_autofree guint8 *second = NULL;
  int n_done;

  g_assert_cmpint (fl_session_get_n_steps (session, &n_done), ==, 0);
  fl_session_switch_off_top (session, 5);
  fl_session_switch_off_random (session, 5, 9);
  second = copy_off (session);
  fl_session_set_mode (session, FL_EDIT_SILENT);
  fl_session_restore_all (session);
  g_assert_cmpint (fl_session_get_n_steps (session, &n_done), ==, 4);
  g_assert_cmpint (n_done, ==, 4);
  g_assert_cmpstr (fl_session_get_step_name (session, 0), ==,
                   "Switch off the 5 most salient filters");
  g_assert_cmpstr (fl_session_get_step_name (session, 3), ==, "Restore all");

  fl_session_go_to_step (session, 2);
  g_assert_cmpint (fl_session_get_n_steps (session, &n_done), ==, 4);
  g_assert_cmpint (n_done, ==, 2);
  g_assert_cmpmem (second, N_FILTERS, fl_session_get_off (session), N_FILTERS);
  g_assert_cmpint (fl_session_get_mode (session), ==, FL_EDIT_WEIGHTS);
  fl_session_go_to_step (session, 0);
  g_assert_cmpint (fl_session_get_n_off (session), ==, 0);
  fl_session_go_to_step (session, 3);
  g_assert_cmpmem (second, N_FILTERS, fl_session_get_off (session), N_FILTERS);
  g_assert_cmpint (fl_session_get_mode (session), ==, FL_EDIT_SILENT);
  wait (fixture);
  g_assert_true (fl_session_now_is_current (session));
}

/* The command, given to a shell, prints the session's numbers to the last digit. */
static void
test_command (Fixture *fixture, gconstpointer mode)
{
  FlSession *session = fixture->session;
  FlPrediction *before = fl_session_get_before (session);
  const FlPrediction *now;
  g_autofree char *text = NULL;
  g_auto (GStrv) words = NULL;
  g_auto (GStrv) lines = NULL;
  g_autofree char *output = NULL;
  g_autoptr (GError) error = NULL;
  int status, n;

  fl_session_set_mode (session, GPOINTER_TO_INT (mode));
  fl_session_switch_off_top (session, 40);
  fl_session_switch_off_random (session, 20, 5);
  fl_session_switch_off_layer (session, 0);
  wait (fixture);
  now = fl_session_get_now (session);
  text = fl_command_text_ablate (fl_session_get_model (session),
                                 fl_session_get_picture_path (session),
                                 fl_session_get_off (session), fl_session_get_mode (session));
  g_assert_true (g_shell_parse_argv (text, &n, &words, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (words[0], ==, "faultline");
  g_free (words[0]);
  words[0] = g_strdup (FL_PROGRAM);
  g_assert_true (g_spawn_sync (NULL, words, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, NULL,
                               &status, &error));
  g_assert_no_error (error);
  g_assert_true (g_spawn_check_wait_status (status, &error));
  g_assert_no_error (error);

  lines = g_strsplit (output, "\n", -1);
  for (int k = 0; k < 5; k++)
    {
      g_auto (GStrv) fields = g_strsplit (lines[k + 1], ",", -1);
      int class = before->order[k];

      g_assert_cmpint (atoi (fields[0]), ==, class);
      g_assert_cmpfloat ((float) g_ascii_strtod (fields[2], NULL), ==, before->logits[class]);
      g_assert_cmpfloat ((float) g_ascii_strtod (fields[4], NULL), ==, now->logits[class]);
      g_assert_cmpfloat (g_ascii_strtod (fields[5], NULL), ==, now->probabilities[class]);
    }
}

static void
test_csv (Fixture *fixture, gconstpointer data)
{
  FlSession *session = fixture->session;
  FlFilterCatalogue *catalogue = fl_session_get_catalogue (session);
  FlProfile *profile = fl_session_get_profile (session);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  fl_session_switch_off_random (session, 50, 3);
  text = fl_filter_export_csv (catalogue, profile, fl_session_get_off (session), N_FILTERS,
                               profile->order);
  lines = g_strsplit (text, "\n", -1);
  g_assert_cmpstr (lines[0], ==, "layer,filter,saliency,rank,off");
  g_assert_cmpuint (g_strv_length (lines), ==, N_FILTERS + 2);
  for (int r = 0; r < N_FILTERS; r++)
    {
      g_auto (GStrv) fields = g_strsplit (lines[r + 1], ",", -1);
      int filter = profile->order[r];

      g_assert_cmpstr (fields[0], ==, fl_filter_catalogue_layer_name (catalogue, filter));
      g_assert_cmpint (atoi (fields[1]), ==, fl_filter_catalogue_channel (catalogue, filter));
      g_assert_cmpfloat (g_ascii_strtod (fields[2], NULL), ==, profile->saliency[filter]);
      g_assert_cmpint (atoi (fields[3]), ==, r + 1);
      g_assert_cmpint (atoi (fields[4]), ==, fl_session_get_off (session)[filter]);
    }
}

#define ADD(name, data, function)                                                                  \
  g_test_add ("/app/session-filters/" name, Fixture, data, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("random", NULL, test_random);
  ADD ("layer-and-invert", NULL, test_layer_and_invert);
  ADD ("several", NULL, test_several);
  ADD ("history", NULL, test_history);
  ADD ("csv", NULL, test_csv);
  ADD ("command/weights", GINT_TO_POINTER (FL_EDIT_WEIGHTS), test_command);
  ADD ("command/silent", GINT_TO_POINTER (FL_EDIT_SILENT), test_command);
  return g_test_run ();
}
