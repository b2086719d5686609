/* The session, without a display: what is asked for and what comes of it. */

#include "app/session.h"

#include <glib/gstdio.h>
#include <string.h>

#include "app/asset-path.h"
#include "app/sample-label.h"
#include "tests/support/test-data.h"

/* The story of the bundled sample: an ankle boot taken for a sandal. */
#define N_FILTERS 336
#define SANDAL 5
#define ANKLE_BOOT 9

typedef struct
{
  FlSession *session;
  int n_results;  /* predictions that came in */
  int n_profiles; /* likewise */
  int n_pictures;
  int n_failures;
  char *title;
  char *message;
} Fixture;

static void
on_changed (FlSession *session, guint changes, Fixture *fixture)
{
  if ((changes & FL_SESSION_PREDICTION) != 0 && (changes & FL_SESSION_FILTERS) == 0)
    fixture->n_results++;
  if ((changes & FL_SESSION_PROFILE) != 0 && fl_session_profile_is_current (session))
    fixture->n_profiles++;
  if ((changes & FL_SESSION_PICTURE) != 0)
    fixture->n_pictures++;
}

static void
on_failed (FlSession *session, const char *title, const char *message, Fixture *fixture)
{
  fixture->n_failures++;
  g_free (fixture->title);
  g_free (fixture->message);
  fixture->title = g_strdup (title);
  fixture->message = g_strdup (message);
}

static gboolean
is_busy (FlSession *session)
{
  FlSessionProgress progress;

  fl_session_get_progress (session, &progress);
  return progress.busy;
}

static void
wait (Fixture *fixture)
{
  while (is_busy (fixture->session))
    g_main_context_iteration (NULL, TRUE);
}

static void
set_up_empty (Fixture *fixture, gconstpointer data)
{
  fixture->session = fl_session_new ();
  g_signal_connect (fixture->session, "changed", G_CALLBACK (on_changed), fixture);
  g_signal_connect (fixture->session, "failed", G_CALLBACK (on_failed), fixture);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *network = fl_asset_path (FL_ASSET_NETWORK);
  g_autofree char *picture = fl_asset_path (FL_ASSET_PICTURE);

  set_up_empty (fixture, data);
  fl_session_open (fixture->session, network, picture, -1);
  wait (fixture);
  g_assert_cmpint (fixture->n_failures, ==, 0);
  fixture->n_results = fixture->n_profiles = fixture->n_pictures = 0;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  fl_session_cancel (fixture->session);
  wait (fixture);
  g_signal_handlers_disconnect_by_data (fixture->session, fixture);
  g_clear_object (&fixture->session);
  g_free (fixture->title);
  g_free (fixture->message);
}

static void
assert_same_logits (const FlPrediction *a, const FlPrediction *b)
{
  g_assert_cmpmem (a->logits, a->n_classes * sizeof (float), b->logits,
                   b->n_classes * sizeof (float));
}

static void
test_sample (Fixture *fixture, gconstpointer data)
{
  FlSession *session = fixture->session;
  FlPrediction *before = fl_session_get_before (session);
  FlProfile *profile = fl_session_get_profile (session);
  gboolean known;

  g_assert_cmpint (before->order[0], ==, SANDAL);
  g_assert_cmpint (fl_session_get_label (session, &known), ==, ANKLE_BOOT);
  g_assert_true (known);
  g_assert_null (fl_session_get_now (session));
  g_assert_cmpint (profile->n_filters, ==, N_FILTERS);
  g_assert_cmpint (profile->label, ==, ANKLE_BOOT);
  g_assert_cmpint (fl_session_get_catalogue (session)->n_filters, ==, N_FILTERS);
  g_assert_cmpint (fl_session_get_selected (session), ==, profile->order[0]);
  g_assert_cmpint (fl_session_get_n_off (session), ==, 0);
  g_assert_cmpint (fl_picture_width (fl_session_get_shown (session)), ==, 28);
}

static void
test_toggle_and_undo (Fixture *fixture, gconstpointer data)
{
  FlSession *session = fixture->session;
  int filter = fl_session_get_profile (session)->order[0];
  g_autoptr (FlPrediction) before = fl_prediction_ref (fl_session_get_before (session));
  g_autoptr (FlPrediction) first = NULL;
  g_autofree char *name = fl_filter_catalogue_name (fl_session_get_catalogue (session), filter);
  g_autofree char *undo_name = g_strdup_printf ("Switch off %s", name);

  fl_session_toggle (session, filter);
  g_assert_cmpint (fl_session_get_off (session)[filter], ==, 1);
  g_assert_false (fl_session_now_is_current (session));
  g_assert_cmpstr (fl_session_get_undo_name (session), ==, undo_name);
  g_assert_null (fl_session_get_redo_name (session));
  wait (fixture);
  g_assert_true (fl_session_now_is_current (session));
  first = fl_prediction_ref (fl_session_get_now (session));
  g_assert_cmpfloat (first->logits[SANDAL], !=, before->logits[SANDAL]);

  fl_session_undo (session);
  wait (fixture);
  g_assert_null (fl_session_get_now (session));
  g_assert_true (fl_session_now_is_current (session));
  g_assert_cmpint (fl_session_get_n_off (session), ==, 0);
  g_assert_cmpstr (fl_session_get_redo_name (session), ==, undo_name);
  assert_same_logits (before, fl_session_get_before (session));

  fl_session_redo (session);
  wait (fixture);
  assert_same_logits (first, fl_session_get_now (session));
}

static void
test_burst_costs_one (Fixture *fixture, gconstpointer data)
{
  FlSession *session = fixture->session;
  FlProfile *profile = fl_session_get_profile (session);

  for (int i = 0; i < 20; i++)
    fl_session_toggle (session, profile->order[i]);
  wait (fixture);
  g_assert_cmpint (fixture->n_results, ==, 1);
  g_assert_cmpint (fl_session_get_n_off (session), ==, 20);
  g_assert_true (fl_session_now_is_current (session));
}

static void
test_newest_wins (Fixture *fixture, gconstpointer data)
{
  FlSession *session = fixture->session;
  FlProfile *profile = fl_session_get_profile (session);
  g_autoptr (FlPrediction) both = NULL;

  fl_session_toggle (session, profile->order[0]);
  fl_session_toggle (session, profile->order[1]);
  wait (fixture);
  both = fl_prediction_ref (fl_session_get_now (session));
  fl_session_restore_all (session);
  wait (fixture);
  fixture->n_results = 0;

  fl_session_toggle (session, profile->order[0]);
  /* Far enough that the work has begun. */
  while (g_main_context_iteration (NULL, FALSE))
    ;
  fl_session_toggle (session, profile->order[1]);
  wait (fixture);
  assert_same_logits (both, fl_session_get_now (session));
}

static void
test_top_and_restore (Fixture *fixture, gconstpointer data)
{
  FlSession *session = fixture->session;
  FlProfile *profile = fl_session_get_profile (session);

  fl_session_toggle (session, profile->order[1]);
  fl_session_switch_off_top (session, 5);
  g_assert_cmpstr (fl_session_get_undo_name (session), ==, "Switch off the 5 most salient filters");
  g_assert_cmpint (fl_session_get_n_off (session), ==, 5);
  for (int i = 0; i < 5; i++)
    g_assert_cmpint (fl_session_get_off (session)[profile->order[i]], ==, 1);
  fl_session_restore_all (session);
  g_assert_cmpstr (fl_session_get_undo_name (session), ==, "Restore all");
  g_assert_cmpint (fl_session_get_n_off (session), ==, 0);
  fl_session_undo (session);
  fl_session_undo (session);
  g_assert_cmpint (fl_session_get_n_off (session), ==, 1);
  wait (fixture);
  /* More than there are is all of them. */
  fl_session_switch_off_top (session, 10 * N_FILTERS);
  g_assert_cmpint (fl_session_get_n_off (session), ==, N_FILTERS);
}

static void
test_mode (Fixture *fixture, gconstpointer data)
{
  FlSession *session = fixture->session;
  g_autoptr (FlPrediction) weights = NULL;

  /* Enough of them that some bias is positive: below 0 the ReLU silences the channel anyway. */
  fl_session_switch_off_top (session, 100);
  wait (fixture);
  weights = fl_prediction_ref (fl_session_get_now (session));
  fl_session_set_mode (session, FL_EDIT_SILENT);
  wait (fixture);
  g_assert_cmpint (memcmp (weights->logits, fl_session_get_now (session)->logits,
                           weights->n_classes * sizeof (float)),
                   !=, 0);
  fl_session_undo (session);
  wait (fixture);
  g_assert_cmpint (fl_session_get_mode (session), ==, FL_EDIT_WEIGHTS);
  assert_same_logits (weights, fl_session_get_now (session));
}

static void
test_label (Fixture *fixture, gconstpointer data)
{
  FlSession *session = fixture->session;
  g_autoptr (FlProfile) true_profile = fl_profile_ref (fl_session_get_profile (session));
  gboolean known;

  /* The profile is that of the untouched network, whatever is off. */
  fl_session_switch_off_top (session, 3);
  wait (fixture);
  fl_session_set_label (session, -1);
  g_assert_cmpint (fl_session_get_label (session, &known), ==, SANDAL);
  g_assert_false (known);
  g_assert_false (fl_session_profile_is_current (session));
  g_assert_true (fl_session_get_profile (session) == true_profile);
  wait (fixture);
  g_assert_true (fl_session_profile_is_current (session));
  g_assert_cmpint (fl_session_get_profile (session)->label, ==, SANDAL);

  fl_session_set_label (session, ANKLE_BOOT);
  wait (fixture);
  g_assert_cmpmem (true_profile->saliency, N_FILTERS * sizeof (double),
                   fl_session_get_profile (session)->saliency, N_FILTERS * sizeof (double));
  g_assert_cmpint (fl_session_get_n_off (session), ==, 3);
  g_assert_true (fl_session_now_is_current (session));
}

/* A file that does not hold what its name says. */
static char *
write_broken (const char *name, const char *content)
{
  g_autofree char *folder = g_dir_make_tmp ("faultline-XXXXXX", NULL);
  char *path = g_build_filename (folder, name, NULL);

  g_assert_true (g_file_set_contents (path, content, -1, NULL));
  return path;
}

static void
remove_broken (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);

  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static void
assert_failed_and_unchanged (Fixture *fixture, const char *name, FlModel *model,
                             FlPrediction *before, FlPrediction *now)
{
  FlSession *session = fixture->session;

  g_assert_cmpint (fixture->n_failures, ==, 1);
  g_assert_nonnull (strstr (fixture->title, name));
  g_assert_cmpint ((int) strlen (fixture->message), >, 0);
  g_assert_null (strchr (fixture->message, '\n'));
  g_assert_true (fl_session_get_model (session) == model);
  g_assert_true (fl_session_get_before (session) == before);
  g_assert_true (fl_session_get_now (session) == now);
  g_assert_cmpint (fl_session_get_n_off (session), ==, 2);
  fixture->n_failures = 0;
}

static void
test_broken_files (Fixture *fixture, gconstpointer data)
{
  FlSession *session = fixture->session;
  g_autofree char *network = write_broken ("broken.onnx", "not a network");
  g_autofree char *picture = write_broken ("broken.png", "not a picture");
  g_autoptr (FlPrediction) before = fl_prediction_ref (fl_session_get_before (session));
  g_autoptr (FlPrediction) now = NULL;
  FlModel *model = fl_session_get_model (session);
  int filter = fl_session_get_profile (session)->order[4];

  fl_session_switch_off_top (session, 2);
  wait (fixture);
  now = fl_prediction_ref (fl_session_get_now (session));

  fl_session_open (session, network, NULL, -1);
  wait (fixture);
  assert_failed_and_unchanged (fixture, "broken.onnx", model, before, now);
  fl_session_open (session, NULL, picture, -1);
  wait (fixture);
  assert_failed_and_unchanged (fixture, "broken.png", model, before, now);
  fl_session_open (session, NULL, "/nowhere/picture.png", -1);
  wait (fixture);
  assert_failed_and_unchanged (fixture, "picture.png", model, before, now);
  fl_session_open (session, NULL, fl_session_get_picture_path (session), 99);
  wait (fixture);
  assert_failed_and_unchanged (fixture, "ankle-boot-23.png", model, before, now);

  /* And goes on as if nothing had been. */
  fl_session_toggle (session, filter);
  fl_session_toggle (session, filter);
  wait (fixture);
  assert_same_logits (now, fl_session_get_now (session));
  remove_broken (network);
  remove_broken (picture);
}

static void
test_other_picture (Fixture *fixture, gconstpointer data)
{
  FlSession *session = fixture->session;
  g_autofree char *coat = fl_asset_path ("samples/coat-25.png");
  g_autofree char *bag = fl_asset_path ("samples/bag-18.png");
  gboolean known;

  fl_session_switch_off_top (session, 2);
  /* Of two that are asked for at once the last is opened. */
  fl_session_open (session, NULL, coat, -1);
  fl_session_open (session, NULL, bag, -1);
  wait (fixture);
  g_assert_cmpint (fixture->n_pictures, ==, 1);
  g_assert_cmpstr (fl_session_get_picture_path (session), ==, bag);
  g_assert_cmpint (fl_session_get_label (session, &known), ==, 8);
  g_assert_true (known);
  g_assert_cmpint (fl_session_get_n_off (session), ==, 2);
  g_assert_nonnull (fl_session_get_now (session));
  g_assert_true (fl_session_now_is_current (session));

  fl_session_open (session, NULL, coat, 2);
  wait (fixture);
  g_assert_cmpint (fl_session_get_label (session, &known), ==, 2);
  g_assert_cmpint (fl_session_get_profile (session)->label, ==, 2);
}

static void
test_other_network (Fixture *fixture, gconstpointer data)
{
  FlSession *session = fixture->session;
  g_autofree char *network = fl_asset_path (FL_ASSET_NETWORK);
  g_autofree char *bag = fl_asset_path ("samples/bag-18.png");
  g_autoptr (FlPrediction) before = fl_prediction_ref (fl_session_get_before (session));

  fl_session_switch_off_top (session, 2);
  fl_session_open (session, network, NULL, -1);
  wait (fixture);
  g_assert_cmpint (fl_session_get_n_off (session), ==, 0);
  g_assert_null (fl_session_get_undo_name (session));
  g_assert_null (fl_session_get_now (session));
  assert_same_logits (before, fl_session_get_before (session));

  /* A picture that is asked for while a network is read is shown to that network. */
  fl_session_open (session, network, NULL, -1);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  fl_session_open (session, NULL, bag, -1);
  wait (fixture);
  g_assert_cmpstr (fl_session_get_picture_path (session), ==, bag);
  g_assert_cmpint (fl_session_get_before (session)->order[0], ==, 8);
  g_assert_cmpint (fixture->n_failures, ==, 0);
}

static void
test_picture_first (Fixture *fixture, gconstpointer data)
{
  FlSession *session = fixture->session;
  g_autofree char *network = fl_asset_path (FL_ASSET_NETWORK);
  g_autofree char *picture = fl_asset_path (FL_ASSET_PICTURE);

  fl_session_open (session, NULL, picture, -1);
  wait (fixture);
  g_assert_nonnull (fl_session_get_shown (session));
  g_assert_null (fl_session_get_model (session));
  g_assert_null (fl_session_get_before (session));
  g_assert_cmpint (fl_session_get_label (session, NULL), ==, -1);

  fl_session_open (session, network, NULL, -1);
  wait (fixture);
  g_assert_cmpint (fl_session_get_before (session)->order[0], ==, SANDAL);
  g_assert_cmpint (fl_session_get_label (session, NULL), ==, ANKLE_BOOT);
}

static void
test_network_first (Fixture *fixture, gconstpointer data)
{
  FlSession *session = fixture->session;
  g_autofree char *network = fl_asset_path (FL_ASSET_NETWORK);
  g_autofree char *broken = write_broken ("broken.png", "not a picture");

  /* The network is there even where the picture is not. */
  fl_session_open (session, network, broken, -1);
  wait (fixture);
  g_assert_cmpint (fixture->n_failures, ==, 1);
  g_assert_nonnull (fl_session_get_model (session));
  g_assert_null (fl_session_get_picture_path (session));
  g_assert_null (fl_session_get_before (session));

  /* Filters can be switched before there is a picture to look at. */
  fl_session_toggle (session, 0);
  g_assert_true (fl_session_now_is_current (session));
  remove_broken (broken);
}

static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  FlSession *session = fixture->session;
  g_autofree char *bag = fl_asset_path ("samples/bag-18.png");
  g_autoptr (FlPrediction) now = NULL;

  fl_session_switch_off_top (session, 2);
  wait (fixture);
  now = fl_prediction_ref (fl_session_get_now (session));

  fl_session_toggle (session, 200);
  fl_session_set_label (session, 0);
  fl_session_open (session, NULL, bag, -1);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  fl_session_cancel (session);
  wait (fixture);
  g_assert_cmpint (fl_session_get_n_off (session), ==, 2);
  g_assert_true (fl_session_now_is_current (session));
  g_assert_true (fl_session_profile_is_current (session));
  g_assert_cmpint (fl_session_get_label (session, NULL), ==, ANKLE_BOOT);
  g_assert_true (fl_session_get_now (session) == now);
  g_assert_cmpint (fixture->n_failures, ==, 0);

  /* What was cut short leaves no trace in what follows. */
  fl_session_toggle (session, 200);
  fl_session_undo (session);
  fl_session_redo (session);
  fl_session_undo (session);
  wait (fixture);
  assert_same_logits (now, fl_session_get_now (session));
}

static void
test_label_of_samples (Fixture *fixture, gconstpointer data)
{
  FlModel *model = fl_session_get_model (fixture->session);
  g_autofree char *shirt = fl_asset_path ("samples/t-shirt-19.png");
  g_autofree char *foreign = write_broken ("index.csv", "file,label\na.png,3\nb.png,77\n");
  g_autofree char *folder = g_path_get_dirname (foreign);
  g_autofree char *a = g_build_filename (folder, "a.png", NULL);
  g_autofree char *b = g_build_filename (folder, "b.png", NULL);
  g_autofree char *c = g_build_filename (folder, "c.png", NULL);

  g_assert_cmpint (fl_sample_label (shirt, model), ==, 0);
  g_assert_cmpint (fl_sample_label (a, model), ==, 3);
  g_assert_cmpint (fl_sample_label (b, model), ==, -1);
  g_assert_cmpint (fl_sample_label (c, model), ==, -1);
  remove_broken (foreign);
}

#define ADD(name, set_up, function)                                                                \
  g_test_add ("/app/session/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("sample", set_up, test_sample);
  ADD ("toggle-and-undo", set_up, test_toggle_and_undo);
  ADD ("burst-costs-one", set_up, test_burst_costs_one);
  ADD ("newest-wins", set_up, test_newest_wins);
  ADD ("top-and-restore", set_up, test_top_and_restore);
  ADD ("mode", set_up, test_mode);
  ADD ("label", set_up, test_label);
  ADD ("broken-files", set_up, test_broken_files);
  ADD ("other-picture", set_up, test_other_picture);
  ADD ("other-network", set_up, test_other_network);
  ADD ("picture-first", set_up_empty, test_picture_first);
  ADD ("network-first", set_up_empty, test_network_first);
  ADD ("cancel", set_up, test_cancel);
  ADD ("label-of-samples", set_up, test_label_of_samples);
  return g_test_run ();
}
