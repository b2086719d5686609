#pragma once

/*
 * The one place that owns threads. Free of GLib, so that kernels can include it.
 *
 * A pool runs n independent tasks on its workers. Which worker takes which task is not determined,
 * so results must not depend on it: tasks write to places of their own, and what they write must be
 * a function of the task's number alone.
 */
typedef struct _FlPool FlPool;

/**
 * FlPoolFunc:
 * @data: what was given to fl_pool_run()
 * @task: 0 .. n_tasks - 1
 * @worker: 0 .. fl_pool_n_workers() - 1; no two tasks run on one worker at a time, so scratch
 * memory may be kept for each worker
 */
typedef void (*FlPoolFunc) (void *data, int task, int worker);

/**
 * fl_pool_new:
 * @n_workers: 1 or more, or 0 for one worker for each processor that this process may use; the
 * calling thread of fl_pool_run() is one of them
 */
FlPool *fl_pool_new (int n_workers);

/* Waits for the workers to end. No run may be under way. */
void fl_pool_free (FlPool *pool);

int fl_pool_n_workers (const FlPool *pool);

/**
 * fl_pool_run:
 *
 * Runs @func for every task and returns when all are done. Runs of several threads take turns.
 * Must not be called from inside a task of the same pool.
 */
void fl_pool_run (FlPool *pool, int n_tasks, FlPoolFunc func, void *data);
