#include <glib.h>

#include "engine/core/pool.h"

#define MANY 5000

typedef struct
{
  int runs[MANY];
  int busy[64];
  int clashes;
} Record;

static void
count_run (void *data, int task, int worker)
{
  Record *record = data;

  if (!g_atomic_int_compare_and_exchange (&record->busy[worker], 0, 1))
    g_atomic_int_inc (&record->clashes);
  g_atomic_int_inc (&record->runs[task]);
  g_atomic_int_set (&record->busy[worker], 0);
}

/* Every task is run once, no two on one worker at a time. */
static void
test_every_task_once (void)
{
  const int workers[] = { 1, 2, 5 };
  const int tasks[] = { 0, 1, 2, 7, MANY };

  for (gsize w = 0; w < G_N_ELEMENTS (workers); w++)
    {
      FlPool *pool = fl_pool_new (workers[w]);

      g_assert_cmpint (fl_pool_n_workers (pool), ==, workers[w]);
      for (gsize t = 0; t < G_N_ELEMENTS (tasks); t++)
        {
          g_autofree Record *record = g_new0 (Record, 1);

          fl_pool_run (pool, tasks[t], count_run, record);
          for (int i = 0; i < MANY; i++)
            g_assert_cmpint (record->runs[i], ==, i < tasks[t] ? 1 : 0);
          g_assert_cmpint (record->clashes, ==, 0);
        }
      fl_pool_free (pool);
    }
}

typedef struct
{
  FlPool *pool;
  Record record;
} Caller;

static gpointer
run_many_times (gpointer data)
{
  Caller *caller = data;

  for (int i = 0; i < 50; i++)
    fl_pool_run (caller->pool, 100, count_run, &caller->record);
  return NULL;
}

/* Runs of several threads take turns on one pool. */
static void
test_callers_take_turns (void)
{
  FlPool *pool = fl_pool_new (3);
  g_autofree Caller *callers = g_new0 (Caller, 4);
  GThread *threads[4];

  for (int i = 0; i < 4; i++)
    {
      callers[i].pool = pool;
      threads[i] = g_thread_new ("caller", run_many_times, &callers[i]);
    }
  for (int i = 0; i < 4; i++)
    {
      g_thread_join (threads[i]);
      for (int t = 0; t < 100; t++)
        g_assert_cmpint (callers[i].record.runs[t], ==, 50);
    }
  fl_pool_free (pool);
}

static void
test_default_size (void)
{
  FlPool *pool = fl_pool_new (0);

  g_assert_cmpint (fl_pool_n_workers (pool), >=, 1);
  g_assert_cmpint (fl_pool_n_workers (pool), <=, (int) g_get_num_processors ());
  fl_pool_free (pool);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/pool/every-task-once", test_every_task_once);
  g_test_add_func ("/core/pool/callers-take-turns", test_callers_take_turns);
  g_test_add_func ("/core/pool/default-size", test_default_size);
  return g_test_run ();
}
