#define _GNU_SOURCE
#include "engine/core/pool.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct
{
  FlPool *pool; /* borrowed */
  int index;
  pthread_t thread;
} Worker;

struct _FlPool
{
  int n_workers;
  Worker *workers;         /* owned, n_workers - 1: the caller is worker 0 */
  pthread_mutex_t turn;    /* held through a run */
  pthread_mutex_t lock;    /* guards what follows */
  pthread_cond_t started;  /* a run has begun, or the pool ends */
  pthread_cond_t finished; /* the last worker has left the run */
  unsigned long run;
  int busy;
  bool ending;
  FlPoolFunc func;
  void *data; /* borrowed */
  int n_tasks;
  atomic_int next;
};

static void
take_tasks (FlPool *pool, int worker)
{
  for (;;)
    {
      int task = atomic_fetch_add_explicit (&pool->next, 1, memory_order_relaxed);

      if (task >= pool->n_tasks)
        return;
      pool->func (pool->data, task, worker);
    }
}

static void *
worker_main (void *data)
{
  Worker *worker = data;
  FlPool *pool = worker->pool;
  unsigned long seen = 0;

  pthread_mutex_lock (&pool->lock);
  for (;;)
    {
      while (pool->run == seen && !pool->ending)
        pthread_cond_wait (&pool->started, &pool->lock);
      if (pool->ending)
        break;
      seen = pool->run;
      pthread_mutex_unlock (&pool->lock);
      take_tasks (pool, worker->index);
      pthread_mutex_lock (&pool->lock);
      if (--pool->busy == 0)
        pthread_cond_signal (&pool->finished);
    }
  pthread_mutex_unlock (&pool->lock);
  return NULL;
}

static int
usable_processors (void)
{
  cpu_set_t set;
  long online = 0;

  if (sched_getaffinity (0, sizeof set, &set) == 0)
    return CPU_COUNT (&set);
  online = sysconf (_SC_NPROCESSORS_ONLN);
  return online > 0 ? (int) online : 1;
}

FlPool *
fl_pool_new (int n_workers)
{
  FlPool *pool = calloc (1, sizeof *pool);

  if (pool == NULL)
    abort ();
  pool->n_workers = n_workers > 0 ? n_workers : usable_processors ();
  pthread_mutex_init (&pool->turn, NULL);
  pthread_mutex_init (&pool->lock, NULL);
  pthread_cond_init (&pool->started, NULL);
  pthread_cond_init (&pool->finished, NULL);
  atomic_init (&pool->next, 0);
  pool->workers = calloc ((size_t) pool->n_workers, sizeof *pool->workers);
  if (pool->workers == NULL)
    abort ();
  for (int i = 1; i < pool->n_workers; i++)
    {
      Worker *worker = &pool->workers[i];

      worker->pool = pool;
      worker->index = i;
      /* Fewer threads than asked for give the same results, only later. */
      if (pthread_create (&worker->thread, NULL, worker_main, worker) != 0)
        {
          pool->n_workers = i;
          break;
        }
    }
  return pool;
}

void
fl_pool_free (FlPool *pool)
{
  if (pool == NULL)
    return;
  pthread_mutex_lock (&pool->lock);
  pool->ending = true;
  pthread_cond_broadcast (&pool->started);
  pthread_mutex_unlock (&pool->lock);
  for (int i = 1; i < pool->n_workers; i++)
    pthread_join (pool->workers[i].thread, NULL);
  pthread_cond_destroy (&pool->finished);
  pthread_cond_destroy (&pool->started);
  pthread_mutex_destroy (&pool->lock);
  pthread_mutex_destroy (&pool->turn);
  free (pool->workers);
  free (pool);
}

int
fl_pool_n_workers (const FlPool *pool)
{
  return pool->n_workers;
}

void
fl_pool_run (FlPool *pool, int n_tasks, FlPoolFunc func, void *data)
{
  if (n_tasks <= 0)
    return;
  pthread_mutex_lock (&pool->turn);
  pool->func = func;
  pool->data = data;
  pool->n_tasks = n_tasks;
  atomic_store_explicit (&pool->next, 0, memory_order_relaxed);
  if (pool->n_workers > 1 && n_tasks > 1)
    {
      pthread_mutex_lock (&pool->lock);
      pool->busy = pool->n_workers - 1;
      pool->run++;
      pthread_cond_broadcast (&pool->started);
      pthread_mutex_unlock (&pool->lock);
      take_tasks (pool, 0);
      pthread_mutex_lock (&pool->lock);
      while (pool->busy > 0)
        pthread_cond_wait (&pool->finished, &pool->lock);
      pthread_mutex_unlock (&pool->lock);
    }
  else
    take_tasks (pool, 0);
  pthread_mutex_unlock (&pool->turn);
}
